package io.holdfast.verifier.verification;

import org.jspecify.annotations.Nullable;

/** Told how far a check is; by several threads, often. */
@FunctionalInterface
public interface CheckProgress {

    /**
     * So far.
     *
     * @param phase      {@code read}, {@code compare}, {@code wal} or {@code dump}
     * @param bytesTotal how much there is, where known
     */
    void at(String phase, long bytesDone, @Nullable Long bytesTotal);
}
