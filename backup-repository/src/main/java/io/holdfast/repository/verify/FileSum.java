package io.holdfast.repository.verify;

import io.holdfast.repository.encoding.JoinedCrc32c;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The CRC-32C of a file whose pieces several threads sum up, in any order. Safe for use by several threads. */
final class FileSum {
    private final Optional<ContentSums> sums;
    private final long entry;
    private final AtomicInteger crc = new AtomicInteger();
    private final AtomicInteger unfinished = new AtomicInteger(1);
    private final AtomicBoolean lost = new AtomicBoolean();

    /** Of a file to whose pieces {@link #end} is added when all were begun. */
    FileSum(Optional<ContentSums> sums, long entry) {
        this.sums = sums;
        this.entry = entry;
    }

    /** Whether anybody wants it. */
    boolean isWanted() {
        return sums.isPresent();
    }

    /** Another piece comes; {@link #end} ends it. */
    void begin() {
        unfinished.incrementAndGet();
    }

    /**
     * A piece.
     *
     * @param behind bytes of the file that come after it
     */
    void add(int crcOfPiece, long behind) {
        int contribution = JoinedCrc32c.contribution(crcOfPiece, behind);
        crc.accumulateAndGet(contribution, (one, other) -> one ^ other);
    }

    void addZeros(long count, long behind) {
        add(JoinedCrc32c.ofZeros(count), behind);
    }

    /** A piece is not right, so there is no sum. */
    void lose() {
        lost.set(true);
    }

    /** A piece is done, or no more begin. */
    void end() {
        if (unfinished.decrementAndGet() == 0 && !lost.get()) {
            sums.ifPresent(each -> each.add(entry, crc.get()));
        }
    }
}
