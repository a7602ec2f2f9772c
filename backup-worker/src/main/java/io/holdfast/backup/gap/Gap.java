package io.holdfast.backup.gap;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.Hole;
import io.holdfast.repository.window.Moment;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.Stretch;
import io.holdfast.repository.window.WindowBase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Log that ought to be in the repository and is not, or not as it should be.
 *
 * @param from up to here the log is there
 * @param to from here on it is again, or ought to be
 * @param recoverableUntil the last moment before, as far as it is known
 * @param healedBy the first base backup behind it, if there is one
 * @param recoverableFrom when that backup was consistent
 */
record Gap(
        WalSegmentName firstMissing,
        Lsn from,
        Lsn to,
        Optional<Instant> recoverableUntil,
        Optional<WindowBase> healedBy,
        Optional<Instant> recoverableFrom) {

    /**
     * What is missing on the way to where the server is: what the stored log shows by itself, and what was said to be
     * durable behind its end. Nothing without a base backup: then there is no window that could have a gap.
     */
    static List<Gap> of(RecoveryWindow window, WalPosition position) {
        List<Gap> gaps = new ArrayList<>();
        List<Stretch> stretches = window.stretches(position.timeline());
        for (Hole hole : window.holes(position.timeline())) {
            if (hole.from().compareTo(position.durable()) >= 0) {
                // Not said to be durable yet, it is on its way; a base backup's own log may be ahead of it.
                continue;
            }
            gaps.add(new Gap(
                    hole.firstMissing(),
                    hole.from(),
                    hole.to().orElse(position.durable()),
                    stretches.stream()
                            .filter(it -> it.to().lsn().equals(hole.from()))
                            .findFirst()
                            .flatMap(it -> it.to().time()),
                    hole.healedBy(),
                    stretches.stream()
                            .filter(it ->
                                    hole.healedBy().filter(it.base()::equals).isPresent())
                            .findFirst()
                            .flatMap(it -> it.from().time())));
        }
        Optional<Moment> end = window.end(position.timeline());
        boolean endsOpen = gaps.isEmpty() || gaps.getLast().healedBy().isPresent();
        if (end.isPresent() && endsOpen && end.get().lsn().compareTo(position.durable()) < 0) {
            gaps.add(behind(end.get(), stretches.getLast(), position));
        }
        return gaps;
    }

    private static Gap behind(Moment end, Stretch last, WalPosition position) {
        int segmentSize = last.base().wal().segmentSize();
        return new Gap(
                WalSegmentName.of(position.timeline(), end.lsn().segmentNumber(segmentSize), segmentSize),
                end.lsn(),
                position.durable(),
                end.time(),
                Optional.empty(),
                Optional.empty());
    }
}
