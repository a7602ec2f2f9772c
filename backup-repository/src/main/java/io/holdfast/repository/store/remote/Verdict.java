package io.holdfast.repository.store.remote;

import io.holdfast.repository.RepositoryException;
import java.time.Duration;
import java.util.Optional;

/** What a failed request means. */
public sealed interface Verdict {
    /** Trying again changes nothing. */
    record Final(RepositoryException failure) implements Verdict {}

    /**
     * It may pass.
     *
     * @param what happened, as the end of a sentence: {@code answered 503 SlowDown}
     * @param hint what to do if it does not pass
     * @param retryAfter how long the store asked to be left alone
     * @param tooFast whether the store asked for fewer requests
     */
    record Passing(String what, String hint, Optional<Duration> retryAfter, boolean tooFast) implements Verdict {}

    /** Tells failures apart: one table for each kind of store. Thread safe. */
    @FunctionalInterface
    interface Judge {
        /**
         * The verdict on a failure.
         *
         * @param doing what was tried, on what: {@code "Writing a/b in s3://bucket"}
         */
        Verdict judge(Exception failure, String doing);
    }
}
