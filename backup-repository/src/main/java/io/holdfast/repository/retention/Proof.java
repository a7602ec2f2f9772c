package io.holdfast.repository.retention;

import java.time.Instant;

/** What is known of a backup's soundness by whoever read it back; never what its maker says. */
public sealed interface Proof {
    /** Nobody has read it back yet. */
    record Unverified() implements Proof {}

    /**
     * It was read back, and all was there.
     *
     * @param since when that was first found, by the clock of whoever did
     */
    record Verified(Instant since) implements Proof {}

    /** Something of it is missing or damaged. */
    record Damaged() implements Proof {}
}
