package io.holdfast.repository.verify;

import java.util.Optional;

/**
 * How a backup is verified.
 *
 * @param depth how deep
 * @param threads how many check at once, at least 1
 * @param sums takes the CRC-32C of each file, for which all of them are opened; only with {@link VerificationDepth#CONTENT}
 * @param wal looks into the WAL that the backup needs while it is checked; only with {@link VerificationDepth#CONTENT}
 */
public record VerifyOptions(
        VerificationDepth depth, int threads, Optional<ContentSums> sums, Optional<WalReading> wal) {
    public VerifyOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be 1 or more, not " + threads);
        }
    }

    /** So deep, on so many threads. */
    public static VerifyOptions of(VerificationDepth depth, int threads) {
        return new VerifyOptions(depth, threads, Optional.empty(), Optional.empty());
    }

    /** The same, and these want the sums. */
    public VerifyOptions withSums(ContentSums wanted) {
        return new VerifyOptions(depth, threads, Optional.of(wanted), wal);
    }

    /** The same, and this one looks into the WAL. */
    public VerifyOptions withWal(WalReading reading) {
        return new VerifyOptions(depth, threads, sums, Optional.of(reading));
    }
}
