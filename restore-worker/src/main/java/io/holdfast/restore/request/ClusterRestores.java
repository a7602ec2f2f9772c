package io.holdfast.restore.request;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestorePlanned;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.physical.PhysicalRequest;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestorePreview;
import io.holdfast.restore.physical.RestoredCluster;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.runtime.repository.DefinedRepositories;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Restores of clusters into directories, as requests want them: done, or only looked at. Thread safe. */
@Singleton
class ClusterRestores {

    private final PhysicalRestore physical;
    private final StandbyEngine standbys;
    private final Definitions definitions;
    private final DefinedRepositories repositories;
    private final Clock clock;

    ClusterRestores(
            PhysicalRestore physical,
            StandbyEngine standbys,
            Definitions definitions,
            DefinedRepositories repositories,
            Clock clock) {
        this.physical = physical;
        this.standbys = standbys;
        this.definitions = definitions;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * Reads everything that is needed where the request wants that: before hooks stop anything for the restore.
     *
     * @return the phase that this was; none where nothing was to be read
     */
    List<Phase> verify(JobRun run, RestoreRequested request, StoredBackup backup)
            throws RestoreException, InterruptedException {
        if (!Boolean.TRUE.equals(request.verifyFirst())
                || !(request.destination() instanceof RestoreDestination.Directory to)) {
            return List.of();
        }
        PhysicalRequest wanted = wanted(run, request, backup, to);
        // What an earlier attempt had begun to write was verified by it.
        if (physical.hasBegun(wanted.restore(), to.path())) {
            return List.of();
        }
        if (request.hooks() == null) {
            // With hooks, what is in the way may be gone once they have run.
            physical.preview(wanted).requireAdmitted();
        }
        PhaseTimes times = new PhaseTimes(clock);
        times.begin(RestorePhase.VERIFY);
        physical.verify(wanted, new JobProgress(run));
        times.end();
        return times.finished();
    }

    /**
     * Restores.
     *
     * @param verified what {@link #verify} took
     */
    RestoreCompleted restore(
            JobRun run,
            RestoreRequested request,
            StoredBackup backup,
            RestoreDestination.Directory to,
            List<Phase> verified)
            throws RestoreException, InterruptedException {
        PhysicalRequest wanted = wanted(run, request, backup, to);
        RestoredCluster cluster = physical.run(wanted, new JobProgress(run));
        standbys.follow(request, wanted.restore(), backup, cluster);
        List<Phase> phases = new ArrayList<>(verified);
        phases.addAll(cluster.phases());
        return new RestoreCompleted(
                RestoreId.of(run.request().id()),
                request.backupId(),
                request.target(),
                request.site(),
                cluster.dataDirectory().toString(),
                cluster.connection(),
                to.keepRunning(),
                cluster.bytes(),
                run.startedAt(),
                clock.instant(),
                phases,
                cluster.checks(),
                cluster.missing().isEmpty() ? null : cluster.missing(),
                cluster.comparison(),
                cluster.recoveredTo(),
                request.recoveryTarget(),
                cluster.keptAside().isEmpty()
                        ? null
                        : cluster.keptAside().stream().map(Path::toString).toList(),
                null,
                null);
    }

    /**
     * Says what a restore would do, and changes nothing. Whatever keeps it from being planned is an answer as well, and not
     * tried again.
     */
    RestorePlanned plan(JobRun run, RestoreRequested request) throws InterruptedException {
        try (StoredBackup backup = StoredBackup.open(definitions, repositories, request)) {
            if (request.destination() instanceof RestoreDestination.Directory to) {
                RestorePreview preview = physical.preview(wanted(run, request, backup, to));
                return planned(run, request, preview);
            }
            return refused(
                    run,
                    request,
                    new Failure(
                            FailureCategory.CONFIGURATION,
                            "what a restore into a database would do cannot be said beforehand.",
                            "restore into a database that does not exist; nothing is overwritten."));
        } catch (RestoreException e) {
            return refused(run, request, e.failure());
        }
    }

    private RestorePlanned refused(JobRun run, RestoreRequested request, Failure failure) {
        return planned(run, request, new RestorePreview(null, List.of(failure)));
    }

    private RestorePlanned planned(JobRun run, RestoreRequested request, RestorePreview preview) {
        return new RestorePlanned(
                RestoreId.of(run.request().id()),
                request.backupId(),
                request.target(),
                request.site(),
                clock.instant(),
                preview.plan(),
                preview.refusals());
    }

    private PhysicalRequest wanted(
            JobRun run, RestoreRequested request, StoredBackup backup, RestoreDestination.Directory to)
            throws RestoreException {
        RecoveryTarget target = request.recoveryTarget();
        Optional<PostgresServer> source = definitions.target(request.target()).map(TargetDefined::postgres);
        return new PhysicalRequest(
                RestoreId.of(run.request().id()),
                backup.place(),
                backup.id(),
                to.path(),
                to.tablespaces() == null ? Map.of() : to.tablespaces(),
                Boolean.TRUE.equals(to.delta()),
                to.keepRunning(),
                to.port(),
                request.checks(),
                request.acceptDamage(),
                backup.encryptedOnly(),
                source.map(PostgresServer::user).orElse(null),
                source.map(PostgresServer::database).orElse(null),
                target == null ? null : new PhysicalRequest.RecoverTo(target, backup.window()),
                standbys.wal(backup, to, target),
                Boolean.TRUE.equals(to.delta()) && Boolean.TRUE.equals(to.safetyBackup()));
    }
}
