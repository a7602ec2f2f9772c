package io.holdfast.cli.output;

import org.jspecify.annotations.Nullable;

/** A command cannot do what it was asked: what and where, what to do about it, and what to exit with. */
public final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String hint;

    /**
     * @param exitCode one of {@link ExitCode}, or a failure category's
     * @param message  what happened and where, without secrets
     * @param hint     what to do about it
     */
    public CommandFailure(int exitCode, String message, String hint) {
        this(exitCode, message, hint, null);
    }

    public CommandFailure(int exitCode, String message, String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.hint = hint;
    }

    public int exitCode() {
        return exitCode;
    }

    public String hint() {
        return hint;
    }
}
