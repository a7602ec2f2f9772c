package io.holdfast.repository.retention;

import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.window.TimelineAncestry;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which backups lead to which timelines of a cluster. A timeline whose history is not known counts as one that any may lead
 * to. Immutable.
 */
final class Lineage {
    private static final int FIRST = 1;

    private final Map<Integer, TimelineAncestry> ancestries = new HashMap<>();

    Lineage(Collection<TimelineAncestry> ancestries) {
        ancestries.forEach(it -> this.ancestries.put(it.timeline(), it));
        this.ancestries.putIfAbsent(FIRST, TimelineAncestry.root(FIRST));
    }

    /** Whether recovery from a backup may come to a timeline. */
    boolean leads(WalNeeded base, int timeline) {
        if (base.timeline() == timeline) {
            return true;
        }
        TimelineAncestry ancestry = ancestries.get(timeline);
        return ancestry == null
                || ancestry.parents().stream()
                        .anyMatch(parent -> parent.timeline() == base.timeline()
                                && base.stopLsn().compareTo(parent.end()) <= 0);
    }

    /**
     * With which backups a recovery to a moment would begin: for each timeline on which the cluster may have been, the newest
     * that was finished by then and leads there.
     */
    Set<KnownBackup> basesOf(List<KnownBackup> candidates, Instant moment) {
        List<KnownBackup> before = candidates.stream()
                .filter(backup -> backup.wal().isPresent() && backup.surelyAt().isBefore(moment))
                .toList();
        Set<Integer> timelines = new HashSet<>(ancestries.keySet());
        candidates.forEach(backup -> backup.wal().ifPresent(wal -> timelines.add(wal.timeline())));
        Set<KnownBackup> bases = new HashSet<>();
        for (int timeline : timelines) {
            newestThatLeads(before, timeline)
                    .filter(base -> !isOver(timeline, candidates, moment))
                    .ifPresent(bases::add);
        }
        return bases;
    }

    /** One that is known to be damaged only where there is no other: nothing can be recovered from it. */
    private Optional<KnownBackup> newestThatLeads(List<KnownBackup> backups, int timeline) {
        return backups.stream()
                .filter(backup ->
                        backup.wal().filter(wal -> leads(wal, timeline)).isPresent())
                .max(Comparator.comparing((KnownBackup backup) -> !(backup.proof() instanceof Proof.Damaged))
                        .thenComparing(KnownBackup.BY_TIME));
    }

    /** Whether the cluster had gone on to another timeline by then, and nothing was backed up on this one since. */
    private boolean isOver(int timeline, List<KnownBackup> candidates, Instant moment) {
        Optional<KnownBackup> lastHere =
                candidates.stream().filter(backup -> isOf(backup, timeline)).max(KnownBackup.BY_TIME);
        return candidates.stream()
                .filter(backup -> backup.surelyAt().isBefore(moment))
                .filter(backup -> backup.wal()
                        .filter(wal -> descends(wal.timeline(), timeline))
                        .isPresent())
                .anyMatch(
                        successor -> lastHere.isEmpty() || KnownBackup.BY_TIME.compare(lastHere.get(), successor) < 0);
    }

    private static boolean isOf(KnownBackup backup, int timeline) {
        return backup.wal().filter(wal -> wal.timeline() == timeline).isPresent();
    }

    private boolean descends(int timeline, int from) {
        TimelineAncestry ancestry = ancestries.get(timeline);
        return ancestry != null && ancestry.parents().stream().anyMatch(parent -> parent.timeline() == from);
    }
}
