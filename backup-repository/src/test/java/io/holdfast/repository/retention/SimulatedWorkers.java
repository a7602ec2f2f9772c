package io.holdfast.repository.retention;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexReference;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.sweep.Intents;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.window.WindowBase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Those who make backups: objects as real ones leave them, with next to nothing in them. */
final class SimulatedWorkers {
    /** What has become a backup, by cluster, the newest last. */
    final Map<SimulatedCluster, List<BackupManifest>> made = new HashMap<>();

    final Map<BackupId, BackupManifest> byName = new HashMap<>();

    private final SimulatedStore store;
    private final Random random;
    private int attempts;

    SimulatedWorkers(SimulatedStore store, Random random) {
        this.store = store;
        this.random = random;
    }

    /** An attempt under way. */
    record Attempt(
            SimulatedCluster cluster,
            BackupId backup,
            AttemptId attempt,
            Optional<BackupManifest> parent,
            Instant startedAt,
            WalNeeded wal) {}

    Attempt begin(SimulatedCluster cluster, BackupId backup, Instant clock) throws RepositoryException {
        AttemptId attempt = new AttemptId("a" + attempts++);
        Intents intents = new Intents(store, cluster.layout);
        Optional<BackupManifest> parent = parent(cluster);
        if (parent.isPresent()) {
            try {
                intents.declare(backup, attempt, parent.get().backup());
            } catch (RepositoryException.NotFound e) {
                parent = Optional.empty();
            }
        }
        if (parent.isEmpty()) {
            intents.declare(backup, attempt);
        }
        store.putIfAbsent(cluster.layout.pack(new PackName(backup, attempt, 0)), new byte[10]);
        store.putIfAbsent(cluster.layout.index(backup, attempt), new byte[10]);
        return new Attempt(cluster, backup, attempt, parent, clock, cluster.begin());
    }

    private Optional<BackupManifest> parent(SimulatedCluster cluster) {
        List<BackupManifest> known = made.getOrDefault(cluster, List.of());
        return known.isEmpty() || random.nextInt(10) < 3
                ? Optional.empty()
                : Optional.of(known.get(known.size() - 1 - random.nextInt(Math.min(3, known.size()))));
    }

    void giveUp(Attempt attempt) throws RepositoryException {
        manifests(attempt.cluster())
                .putIfAbsent(
                        attempt.backup(),
                        new ManifestObject.Aborted(attempt.backup(), attempt.attempt(), "as it happens"));
    }

    /** Commits; empty if another attempt was first, or the backup was given up or deleted. */
    Optional<BackupManifest> commit(Attempt attempt, WalNeeded wal, Instant clock) throws RepositoryException {
        SimulatedCluster cluster = attempt.cluster();
        Set<AttemptReference> refersTo = new LinkedHashSet<>();
        attempt.parent().ifPresent(parent -> {
            refersTo.add(new AttemptReference(parent.backup(), parent.attempt()));
            parent.refersTo().stream()
                    .filter(each -> random.nextInt(3) > 0)
                    .limit(4)
                    .forEach(refersTo::add);
        });
        for (AttemptReference used : refersTo) {
            store.extendLock(cluster.layout.pack(new PackName(used.backup(), used.attempt(), 0)));
        }
        BackupManifest manifest = new BackupManifest(
                attempt.backup(),
                attempt.attempt(),
                cluster.layout.target(),
                cluster.layout.place(),
                new BackupDetails(
                        attempt.parent().isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                        attempt.parent().map(BackupManifest::backup),
                        attempt.startedAt(),
                        clock,
                        new BackupContent.Physical(
                                cluster.layout.place().value(), 170011, wal, List.of(), Optional.empty()),
                        List.of(),
                        Map.of()),
                8192,
                "0000000000000000",
                new BackupManifest.Sizes(1, 1, 10),
                new IndexReference(cluster.layout.index(attempt.backup(), attempt.attempt()), 10, "0".repeat(64), 1),
                List.of(new BackupManifest.PackReference(0, 10, "0".repeat(64))),
                new ArrayList<>(refersTo),
                List.of(),
                List.of());
        if (new Tombstones(store, cluster.layout).has(attempt.backup())) {
            return Optional.empty();
        }
        boolean first = store.head(cluster.layout.manifest(attempt.backup())).isEmpty();
        ManifestObject there = manifests(cluster).putIfAbsent(attempt.backup(), new ManifestObject.Committed(manifest));
        if (first && there.equals(new ManifestObject.Committed(manifest))) {
            made.computeIfAbsent(cluster, it -> new ArrayList<>()).add(manifest);
            byName.put(manifest.backup(), manifest);
            return Optional.of(manifest);
        }
        return Optional.empty();
    }

    static WalNeeded wal(BackupManifest manifest) {
        return WindowBase.of(manifest).orElseThrow().wal();
    }

    private Manifests manifests(SimulatedCluster cluster) {
        return new Manifests(store, cluster.layout, PlaceKeys.NONE);
    }
}
