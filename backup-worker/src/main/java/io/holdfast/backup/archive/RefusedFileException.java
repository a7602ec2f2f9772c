package io.holdfast.backup.archive;

/** A file that is not taken, and will not be when it is sent again. The message ends with a hint. */
final class RefusedFileException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedFileException(String what, String hint) {
        super(what + " HINT: " + hint);
    }

    RefusedFileException(String what, String hint, Throwable cause) {
        super(what + " HINT: " + hint, cause);
    }
}
