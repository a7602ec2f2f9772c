package io.holdfast.repository.sweep;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.ManifestObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What may be removed from a place. Pure.
 *
 * @param underWay attempts whose backup is neither complete nor given up nor deleted: they may yet become it
 * @param kept backups that stay, deleted ones among them on which somebody is building
 * @param manifests of deleted backups, to be removed first
 * @param indexes of these attempts are to be removed
 * @param packs of these attempts are to be removed
 * @param ended intents and sightings of these attempts are to be removed
 */
record SweepPlan(
        Set<AttemptReference> underWay,
        List<BackupManifest> kept,
        List<BackupId> manifests,
        Set<AttemptReference> indexes,
        Set<AttemptReference> packs,
        Set<AttemptReference> ended) {

    /**
     * Plans.
     *
     * @param isToGo who deletes agrees that a backup with a tombstone goes; a tombstone may have been written by anybody
     *     who may write
     */
    static SweepPlan of(Contents contents, Predicate<BackupId> isToGo) {
        Set<AttemptReference> seen = new HashSet<>(contents.stored());
        contents.intents().forEach(intent -> seen.add(intent.attempt()));
        Set<AttemptReference> underWay = seen.stream()
                .filter(attempt -> !hasEnded(attempt.backup(), contents))
                .collect(Collectors.toSet());
        Set<BackupId> builtOn = contents.intents().stream()
                .filter(intent -> underWay.contains(intent.attempt()))
                .flatMap(intent -> intent.parent().stream())
                .collect(Collectors.toSet());

        List<BackupManifest> kept = new ArrayList<>();
        List<BackupId> removed = new ArrayList<>();
        Set<AttemptReference> needed = new HashSet<>(underWay);
        Set<AttemptReference> neededIndexes = new HashSet<>(underWay);
        contents.manifests().forEach((backup, manifest) -> {
            if (manifest instanceof ManifestObject.Committed(BackupManifest committed)) {
                boolean isNeeded = builtOn.contains(backup) || contents.held().contains(backup);
                if (contents.tombstones().contains(backup) && !isNeeded && isToGo.test(backup)) {
                    removed.add(backup);
                } else {
                    AttemptReference own = new AttemptReference(backup, committed.attempt());
                    kept.add(committed);
                    needed.add(own);
                    needed.addAll(committed.refersTo());
                    neededIndexes.add(own);
                }
            }
        });
        return new SweepPlan(
                underWay,
                kept,
                removed,
                without(contents.stored(), neededIndexes),
                without(contents.stored(), needed),
                without(seen, underWay));
    }

    private static boolean hasEnded(BackupId backup, Contents contents) {
        return contents.manifests().containsKey(backup) || contents.tombstones().contains(backup);
    }

    private static Set<AttemptReference> without(Set<AttemptReference> all, Set<AttemptReference> those) {
        return all.stream().filter(each -> !those.contains(each)).collect(Collectors.toSet());
    }
}
