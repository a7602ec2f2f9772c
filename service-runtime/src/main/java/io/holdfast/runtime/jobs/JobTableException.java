package io.holdfast.runtime.jobs;

/** The table of jobs cannot be used. The caller's transaction is lost; its work has to be repeated. */
public final class JobTableException extends RuntimeException {

    JobTableException(String message, Throwable cause) {
        super(message, cause);
    }
}
