package io.holdfast.cli.output;

import io.holdfast.events.FailureCategory;

/**
 * What {@code holdfast} exits with. Codes from 10 on tell why work failed and come from
 * {@link FailureCategory#exitCode()}; those below are the command line's own.
 */
public final class ExitCode {
    /** Done, and everything asked for is so. */
    public static final int OK = 0;
    /** Something unexpected in the command line itself. */
    public static final int UNEXPECTED = 1;
    /** Wrong arguments. */
    public static final int USAGE = 2;
    /** {@code --timeout} passed; the work goes on. */
    public static final int STILL_RUNNING = 3;
    /** Nothing answers at the address, or it answers with a failure of its own. */
    public static final int UNREACHABLE = 4;
    /** The control plane refused the request: token, arguments, or no such thing. */
    public static final int REQUEST_REFUSED = 5;
    /** The local mode could not start, or could not stop. */
    public static final int LOCAL_MODE = 6;
    /** The work was cancelled. */
    public static final int CANCELLED = 7;
    /** Not everything was proven: by the demo, or by a look at keys. */
    public static final int NOT_PROVEN = 8;
    /** Some part of the local instance does not run. */
    public static final int NOT_RUNNING = 9;

    private ExitCode() {}
}
