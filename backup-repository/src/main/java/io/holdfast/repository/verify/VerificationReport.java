package io.holdfast.repository.verify;

import io.holdfast.repository.content.Damage;
import io.holdfast.repository.wal.WalSegmentName;
import java.util.List;

/**
 * What reading everything back found.
 *
 * @param files whose every byte was read and checked
 * @param bytes plain bytes of them
 * @param storedBytes read from the store
 * @param missingWal segments that the backup needs and the archive lacks
 * @param damages all of them, in no particular order
 * @param bytesNotOpened plain bytes whose stored form was checked but not opened: for want of its data key, or because
 *     nothing was to be opened
 */
public record VerificationReport(
        long files,
        long bytes,
        long storedBytes,
        List<WalSegmentName> missingWal,
        List<Damage> damages,
        long bytesNotOpened) {
    public VerificationReport {
        missingWal = List.copyOf(missingWal);
        damages = List.copyOf(damages);
    }

    /** Whether nothing is missing and nothing damaged. */
    public boolean isGood() {
        return missingWal.isEmpty() && damages.isEmpty();
    }
}
