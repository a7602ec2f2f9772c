package io.holdfast.restore.drill;

import io.holdfast.events.DrillId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestoreRoots;
import io.holdfast.restore.sandbox.SandboxLimits;
import io.holdfast.runtime.postgres.InstallationFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A repository in memory, and drills of what is in it. */
final class DrillBench {
    private final Path folder;
    private final Repository repository;
    private final PostgresInstallations installations;
    private int drills;
    private int attempt = 1;

    DrillBench(Path folder, List<Path> homes) throws IOException {
        this.folder = folder;
        this.repository = Repository.openOrInitialise(new MemoryObjectStore(), UUID.randomUUID());
        this.installations = new PostgresInstallations(new InstallationFolders(homes), new Programs());
        Files.createDirectories(work());
    }

    Repository repository() {
        return repository;
    }

    Path work() {
        return folder.resolve("work");
    }

    DrillResult run(DrillChecks checks) throws Exception {
        return run(checks, null, DrillPick.NEWEST, 7);
    }

    DrillResult run(DrillChecks checks, @Nullable RecoveryTarget moment, DrillPick pick, long seed) throws Exception {
        return run(checks, null, moment, pick, seed);
    }

    /** A drill of a certain backup. */
    DrillResult runOn(BackupId backup) throws Exception {
        return run(DrillChecks.NONE, backup, null, DrillPick.NEWEST, 7);
    }

    private DrillResult run(
            DrillChecks checks, @Nullable BackupId backup, @Nullable RecoveryTarget moment, DrillPick pick, long seed)
            throws Exception {
        Programs programs = new Programs();
        PhysicalRestore engine = new PhysicalRestore(
                new RestoreRoots(List.of()),
                installations,
                programs,
                "nobody",
                work(),
                Duration.ZERO,
                Clock.systemUTC());
        Drill drill = new Drill(
                engine,
                installations,
                programs,
                "nobody",
                folder.resolve("drills"),
                SandboxLimits.USUAL,
                Duration.ofMinutes(2),
                Clock.systemUTC());
        drills += attempt == 1 ? 1 : 0;
        return drill.run(
                new DrillOrder(
                        DrillId.of("00000000-0000-7000-8000-%012d".formatted(drills)),
                        attempt,
                        new DrillRequested(
                                new TargetId("orders"),
                                new RepositoryId("main"),
                                new SiteName("local"),
                                backup == null ? null : io.holdfast.events.BackupId.of(backup.value()),
                                moment,
                                pick,
                                seed,
                                checks,
                                null,
                                null,
                                null,
                                null),
                        Instant.now(),
                        repository,
                        false),
                RestoreWatch.NONE);
    }

    /** The last drill once more, as another attempt of the same. */
    DrillResult again(DrillChecks checks) throws Exception {
        attempt++;
        try {
            return run(checks);
        } finally {
            attempt = 1;
        }
    }

    /** What is left of sandboxes. */
    List<Path> leftovers() throws IOException {
        if (!Files.isDirectory(folder.resolve("drills"))) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder.resolve("drills"))) {
            return all.toList();
        }
    }
}
