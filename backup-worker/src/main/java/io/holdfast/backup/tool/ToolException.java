package io.holdfast.backup.tool;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client program is missing, unsuitable or failed. The family is closed, so that whoever catches one can switch over it. */
public abstract sealed class ToolException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String what;

    private ToolException(String what, @Nullable Throwable cause) {
        super(what, cause);
        this.what = what;
    }

    /** What happened, in one line, without secrets. */
    public final String what() {
        return what;
    }

    /** No installation has programs of at least the server's version. */
    public static final class Unsuitable extends ToolException {
        private static final long serialVersionUID = 1L;

        private final int wantedMajor;

        Unsuitable(int wantedMajor, String what) {
            super(what, null);
            this.wantedMajor = wantedMajor;
        }

        /** The oldest major version that would do. */
        public int wantedMajor() {
            return wantedMajor;
        }
    }

    /** The program could not be started, or ended with an exit code other than 0. */
    public static final class Failed extends ToolException {
        private static final long serialVersionUID = 1L;

        private final String lastLines;

        Failed(String what, String lastLines) {
            super(lastLines.isEmpty() ? what : what + " Its last words: " + lastLines, null);
            this.lastLines = lastLines;
        }

        Failed(String what, Throwable cause) {
            super(what, cause);
            this.lastLines = "";
        }

        /** The last lines of its standard error, joined by {@code |}; its language is English. */
        public String lastLines() {
            return lastLines;
        }
    }

    /** The program said nothing for too long, or took too long in all, and was killed. */
    public static final class Stuck extends ToolException {
        private static final long serialVersionUID = 1L;

        Stuck(String program, String how, Duration limit, String lastLines) {
            super(
                    program + " " + how + " (limit " + limit.toSeconds() + " s) and was stopped."
                            + (lastLines.isEmpty() ? "" : " Its last words: " + lastLines),
                    null);
        }
    }

    /** The program ended well, but what it wrote is not what it should be. */
    public static final class BadOutput extends ToolException {
        private static final long serialVersionUID = 1L;

        public BadOutput(String what) {
            super(what, null);
        }
    }
}
