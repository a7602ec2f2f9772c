package io.holdfast.restore.breakglass;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.physical.BackupChoice;
import io.holdfast.restore.physical.PhysicalRequest;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestorePreview;
import io.holdfast.restore.physical.RestoreRoots;
import io.holdfast.restore.physical.RestoredCluster;
import io.holdfast.restore.report.ReportFile;
import io.holdfast.restore.report.RestoreReport;
import io.holdfast.restore.report.Warnings;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.runtime.repository.DefinedRepositories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Does what is ordered with the same engine as the restore-worker. For one thread. */
final class BreakGlassRestore {
    private final DefinedRepositories repositories;
    private final Path workDirectory;
    private final Clock clock;

    /** @param workDirectory an existing directory that goes when the program ends */
    BreakGlassRestore(DefinedRepositories repositories, Path workDirectory, Clock clock) {
        this.repositories = repositories;
        this.workDirectory = workDirectory;
        this.clock = clock;
    }

    /** What is there. */
    List<StoredClusters.Found> list(BreakGlassOrder order) throws RepositoryException {
        try (Repository repository = repositories.openToRestore(order.repository())) {
            return new StoredClusters(repository)
                    .list(Optional.ofNullable(order.target()).map(TargetName::new));
        }
    }

    /**
     * A backup that is back.
     *
     * @param reportFile where the report lies; absent: it could not be written, and the report's warnings say why
     */
    record Restored(RestoreReport report, @Nullable Path reportFile) {}

    /** Restores. */
    Restored run(BreakGlassOrder order, RestoreWatch watch)
            throws RepositoryException, RestoreException, InterruptedException {
        return with(order, (engine, request) -> {
            if (order.verifyFirst()) {
                // Reading everything takes its time: what would be refused afterwards is refused now.
                engine.previewOrGoOn(request).requireAdmitted();
                engine.verify(request, watch);
            }
            Instant startedAt = clock.instant();
            return reported(order, request, startedAt, engine.runOrGoOn(request, watch));
        });
    }

    private Restored reported(
            BreakGlassOrder order, PhysicalRequest request, Instant startedAt, RestoredCluster cluster) {
        boolean overwritten = request.delta()
                && cluster.comparison() != null
                && cluster.keptAside().isEmpty();
        List<String> warnings = Warnings.of(cluster.checks(), cluster.missing(), overwritten);
        try {
            RestoreReport report = report(order, request, startedAt, cluster, warnings);
            return new Restored(report, ReportFile.write(report, null));
        } catch (IOException e) {
            List<String> more = new ArrayList<>(warnings);
            more.add("the report could not be written: " + e);
            return new Restored(report(order, request, startedAt, cluster, more), null);
        }
    }

    private RestoreReport report(
            BreakGlassOrder order,
            PhysicalRequest request,
            Instant startedAt,
            RestoredCluster cluster,
            List<String> warnings) {
        return new RestoreReport(
                RestoreReport.FORMAT,
                request.restore().toString(),
                String.valueOf(order.target()),
                request.backup().value(),
                null,
                null,
                null,
                order.recoveryTarget(),
                cluster.recoveredTo(),
                cluster.dataDirectory().toString(),
                cluster.connection(),
                request.keepRunning(),
                cluster.bytes(),
                startedAt,
                clock.instant(),
                cluster.phases(),
                cluster.checks(),
                null,
                cluster.comparison(),
                cluster.keptAside().isEmpty()
                        ? null
                        : cluster.keptAside().stream().map(Path::toString).toList(),
                cluster.missing().isEmpty() ? null : cluster.missing(),
                warnings.isEmpty() ? null : warnings);
    }

    /** What restoring a backup would do. */
    record Previewed(BackupId backup, RestorePreview preview) {}

    /** Says what restoring would do. */
    Previewed preview(BreakGlassOrder order) throws RepositoryException, RestoreException, InterruptedException {
        return with(order, (engine, request) -> new Previewed(request.backup(), engine.previewOrGoOn(request)));
    }

    @FunctionalInterface
    private interface Work<T> {
        T done(PhysicalRestore engine, PhysicalRequest request) throws RestoreException, InterruptedException;
    }

    private <T> T with(BreakGlassOrder order, Work<T> work)
            throws RepositoryException, RestoreException, InterruptedException {
        if (order.target() == null || order.directory() == null) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION, "target or directory is missing.", "name --target and --into.");
        }
        TargetName target = new TargetName(order.target());
        try (Repository repository = repositories.openToRestore(order.repository())) {
            StoredClusters stored = new StoredClusters(repository);
            RecoveryTarget moment = order.recoveryTarget();
            Place place = order.backup() == null
                    ? stored.clusterOf(target)
                    : stored.placeOf(target, new BackupId(order.backup()));
            BackupId backup;
            PhysicalRequest.RecoverTo recoverTo = null;
            if (moment == null) {
                backup = new BackupId(named(order.backup()));
            } else {
                StoredWindow window = repository.window(target, place);
                recoverTo = new PhysicalRequest.RecoverTo(moment, window);
                backup = order.backup() == null
                        ? BackupChoice.of(moment, window.read(), window.bases())
                        : new BackupId(order.backup());
            }
            PhysicalRestore engine = engine(order);
            String directory = admitted(order.directory());
            PhysicalRequest request = new PhysicalRequest(
                    RestoreId.of(UUID.randomUUID().toString()),
                    repository.at(target, place),
                    backup,
                    directory,
                    order.tablespaces() == null ? Map.of() : order.tablespaces(),
                    order.force(),
                    order.start(),
                    order.port(),
                    List.of(),
                    order.acceptDamage(),
                    order.repository().encryption() != null && !order.acceptUnencrypted(),
                    order.role(),
                    null,
                    recoverTo,
                    null,
                    order.force() && order.safetyBackup());
            return work.done(engine, request);
        }
    }

    private static String named(@Nullable String backup) throws RestoreException {
        if (backup == null) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION, "what to restore is missing.", "name --backup, or a moment.");
        }
        return backup;
    }

    /** Whoever stands at the host may write where the system lets him. */
    private PhysicalRestore engine(BreakGlassOrder order) {
        Programs programs = new Programs();
        return new PhysicalRestore(
                new RestoreRoots(List.of(Path.of("/"))),
                new PostgresInstallations(
                        InstallationFolders.of(order.installations() == null ? List.of() : order.installations()),
                        programs),
                programs,
                order.runAs(),
                workDirectory,
                Duration.ofSeconds(order.patienceSeconds()),
                clock);
    }

    /** The path without the links on the way that is there already, which are the host's own. */
    private static String admitted(String directory) throws RestoreException {
        Path wanted = Path.of(directory).toAbsolutePath().normalize();
        Path there = wanted;
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            return there.toRealPath()
                    .resolve(there.relativize(wanted))
                    .normalize()
                    .toString();
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    there + " cannot be entered: " + e + ".",
                    "choose another directory.",
                    e);
        }
    }
}
