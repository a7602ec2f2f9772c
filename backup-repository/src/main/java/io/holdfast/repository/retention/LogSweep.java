package io.holdfast.repository.retention;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.sweep.Removal;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes what is not needed of a cluster's log, the oldest first, and the times and verdicts that belong to it. History files stay, and so
 * does the last segment of each timeline. For one thread at a time.
 */
final class LogSweep {
    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{8}/([0-9A-F]{24})(?:\\.[0-9a-f]{8}-[0-9a-f]{8})?");
    /** Named by positions, or, as they were before, by days. */
    private static final Pattern TIMES = Pattern.compile("([0-9A-F]{8})/(?:"
            + "at/[0-9A-F]{8}/[0-9A-F]{16}-[0-9]{15}-([0-9A-F]{16})-[0-9]{15}"
            + "|[0-9]{8}/[0-9]{15}-[0-9]{15}-[0-9A-F]{16}-([0-9A-F]{16}))-[0-9a-f]{8}");

    /** What was found of stored segments lies below their names. */
    private static final String VERDICTS = "wal-verdicts/";

    private static final Pattern VERDICT = Pattern.compile("([0-9A-F]{24})(?:\\.[0-9a-f]{8}-[0-9a-f]{8})?/.+");

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final Removal removal;

    LogSweep(ObjectStore store, PlaceLayout layout, Removal removal) {
        this.store = store;
        this.layout = layout;
        this.removal = removal;
    }

    /**
     * Removes what neither an earlier look nor this one found to be needed.
     *
     * @param earlier what an earlier look found, if any
     * @param underWay attempts that had begun when it was looked at, and not ended
     * @return for the next time
     */
    LogCut sweep(Optional<LogCut> earlier, LogNeed need, Set<AttemptReference> underWay) throws RepositoryException {
        Optional<LogCut> due = earlier.filter(cut -> Collections.disjoint(cut.underWay(), underWay));
        Map<Integer, String> newest = new HashMap<>();
        ObjectStore.Listing listing = store.list(layout.wal());
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            Matcher matcher = SEGMENT.matcher(key.value().substring(layout.wal().length()));
            if (matcher.matches()) {
                WalSegmentName segment = new WalSegmentName(matcher.group(1));
                if (due.filter(cut -> isOver(cut, need, segment)).isPresent()) {
                    removal.remove(key);
                } else {
                    newest.merge(
                            segment.timeline(),
                            segment.value(),
                            (one, other) -> one.compareTo(other) > 0 ? one : other);
                }
            }
        }
        if (due.isPresent()) {
            verdicts(due.get(), need);
            times(due.get(), need);
        }
        // What could not go yet is looked at again with the attempts that hindered it, not with those that came since.
        return due.isPresent() || earlier.isEmpty() ? new LogCut(need, newest, underWay) : earlier.get();
    }

    private static boolean isOver(LogCut cut, LogNeed need, WalSegmentName segment) {
        String last = cut.newest().get(segment.timeline());
        return last != null
                && segment.value().compareTo(last) < 0
                && !cut.need().needs(segment)
                && !need.needs(segment);
    }

    private void verdicts(LogCut cut, LogNeed need) throws RepositoryException {
        String prefix = layout.prefix() + VERDICTS;
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            Matcher matcher = VERDICT.matcher(key.value().substring(prefix.length()));
            if (matcher.matches() && isOver(cut, need, new WalSegmentName(matcher.group(1)))) {
                removal.remove(key);
            }
        }
    }

    private void times(LogCut cut, LogNeed need) throws RepositoryException {
        ObjectStore.Listing listing = store.list(layout.walTimes());
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            Matcher matcher =
                    TIMES.matcher(key.value().substring(layout.walTimes().length()));
            if (matcher.matches()) {
                int timeline = Integer.parseUnsignedInt(matcher.group(1), 16);
                String last = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
                Lsn to = new Lsn(Long.parseUnsignedLong(last, 16));
                if (!cut.need().leadsBehind(timeline, to) && !need.leadsBehind(timeline, to)) {
                    removal.remove(key);
                }
            }
        }
    }
}
