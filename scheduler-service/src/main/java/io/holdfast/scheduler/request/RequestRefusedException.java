package io.holdfast.scheduler.request;

/** What was asked for is not going to be done. Thread safe. */
public final class RequestRefusedException extends RuntimeException {

    private final Why why;
    private final String hint;

    /** What sort of refusal. */
    public enum Why {
        /** It names something that is not there. */
        NOT_FOUND,
        /** It cannot be understood, or makes no sense. */
        INVALID,
        /** It does not fit how things stand now. */
        CONFLICT,
        /** This service lacks something it needs. */
        UNAVAILABLE
    }

    /**
     * A refusal.
     *
     * @param message what is wrong, without secrets
     * @param hint    what to do about it
     */
    public RequestRefusedException(Why why, String message, String hint) {
        super(message);
        this.why = why;
        this.hint = hint;
    }

    public Why why() {
        return why;
    }

    public String hint() {
        return hint;
    }
}
