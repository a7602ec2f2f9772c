package io.holdfast.repository.encoding;

/** Bytes that are not what the format says. The caller knows which object they came from and says so. */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }

    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}
