package io.holdfast.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.TimelineAncestry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is left at the end: nothing that nothing refers to. */
record Leftovers(RetentionSimulation world, Instant now) {
    void check() throws Exception {
        for (SimulatedCluster cluster : world.clusters) {
            Map<BackupId, BackupManifest> stored = world.stored(cluster);
            Set<AttemptReference> own = new HashSet<>();
            Set<AttemptReference> used = new HashSet<>();
            stored.values().forEach(manifest -> {
                own.add(new AttemptReference(manifest.backup(), manifest.attempt()));
                used.addAll(manifest.refersTo());
            });
            used.addAll(own);
            Map<String, String> lastOfTimeline = new HashMap<>();
            for (String name : names(cluster, "wal/")) {
                if (name.contains("/")) {
                    lastOfTimeline.put(name.substring(0, 8), name);
                }
            }
            for (String name : names(cluster, "")) {
                String[] parts = name.split("/", -1);
                boolean needed = switch (parts[0]) {
                    case "manifests" -> stored.containsKey(new BackupId(parts[1])) || isAborted(cluster, parts[1]);
                    case "packs" -> used.contains(attempt(parts));
                    case "indexes" -> own.contains(attempt(parts));
                    case "tombstones" -> true;
                    case "holds" -> stored.containsKey(new BackupId(parts[1]));
                    case "wal" ->
                        parts.length == 2
                                || lastOfTimeline.containsValue(parts[1] + "/" + parts[2])
                                || isNeeded(
                                        cluster,
                                        new WalSegmentName(parts[2]),
                                        stored.values().stream().toList());
                    default -> false;
                };
                assertThat(needed)
                        .as("%s%s, %s", cluster.layout.prefix(), name, world.seed)
                        .isTrue();
            }
        }
    }

    private static AttemptReference attempt(String[] parts) {
        return new AttemptReference(new BackupId(parts[1]), new AttemptId(parts[2]));
    }

    private boolean isAborted(SimulatedCluster cluster, String backup) throws Exception {
        return new Manifests(world.store, cluster.layout, PlaceKeys.NONE).get(new BackupId(backup))
                instanceof ManifestObject.Aborted;
    }

    /** Log from before all backups from which somebody might go there is not. */
    private boolean isNeeded(SimulatedCluster cluster, WalSegmentName segment, List<BackupManifest> stored) {
        Instant begin = world.policy
                .window()
                .map(window -> newestEnd(stored).minus(window))
                .orElse(Instant.MIN);
        long number = segment.segmentNumber(SimulatedCluster.SEGMENT);
        boolean isOnlyTimeline = cluster.ancestries.size() == 1;
        return stored.stream().anyMatch(manifest -> {
            WalNeeded wal = SimulatedWorkers.wal(manifest);
            if (wal.segments().contains(segment)) {
                return true;
            }
            boolean begins = !isOnlyTimeline
                    || !surelyAt(manifest).isBefore(begin)
                    || !isFollowedBefore(manifest, stored, begin);
            boolean isBehind = wal.timeline() == segment.timeline()
                    ? number >= wal.startLsn().segmentNumber(SimulatedCluster.SEGMENT)
                    : cluster
                            .ancestries
                            .getOrDefault(segment.timeline(), TimelineAncestry.root(segment.timeline()))
                            .parents()
                            .stream()
                            .anyMatch(it -> it.timeline() == wal.timeline());
            return begins && isBehind;
        });
    }

    /** Of those found whole in time: others reach no further than they would without them. */
    private Instant newestEnd(List<BackupManifest> stored) {
        return stored.stream()
                .filter(this::isTrusted)
                .map(it -> it.details().finishedAt())
                .max(Instant::compareTo)
                .map(newest -> newest.isBefore(now) ? newest : now)
                .orElse(Instant.MAX);
    }

    private Instant surelyAt(BackupManifest manifest) {
        Instant finished = manifest.details().finishedAt();
        return world.proofs.get(manifest.backup()) instanceof Proof.Verified(Instant since) && since.isAfter(finished)
                ? since
                : finished;
    }

    private boolean isTrusted(BackupManifest manifest) {
        Proof proof = world.proofs.getOrDefault(manifest.backup(), new Proof.Unverified());
        KnownBackup known = KnownBackup.of(manifest, proof);
        return Promises.isInTime(known) && Promises.hasCome(known, now);
    }

    /** Whether a window begins with a later one. */
    private boolean isFollowedBefore(BackupManifest manifest, List<BackupManifest> stored, Instant begin) {
        return stored.stream()
                .filter(this::isTrusted)
                .anyMatch(it -> surelyAt(it).isBefore(begin)
                        && it.details().startedAt().isAfter(manifest.details().startedAt()));
    }

    private List<String> names(SimulatedCluster cluster, String below) throws Exception {
        String prefix = cluster.layout.prefix() + below;
        List<String> names = new ArrayList<>();
        ObjectStore.Listing listing = world.store.list(prefix);
        while (listing.hasNext()) {
            names.add(listing.next().key().value().substring(prefix.length()));
        }
        return names;
    }
}
