package io.holdfast.restore.request;

import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.progress.Work;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCancelled;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.restore.RestoreStarted;
import io.holdfast.events.verification.Damage;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.extract.ExtractedPart;
import io.holdfast.restore.logical.LoadedDatabase;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.jobs.Cancellation;
import io.holdfast.runtime.jobs.JobFailedException;
import io.holdfast.runtime.jobs.JobHandler;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.runtime.repository.DefinedRepositories;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Does restores as durable jobs, and says in events what came of them. */
@Singleton
public class RestoreJobs implements JobHandler {

    private static final Logger LOG = Logger.getLogger(RestoreJobs.class);

    private final PhysicalRestore physical;
    private final ClusterRestores clusters;
    private final DatabaseRestores databases;
    private final HookedRestores hooks;
    private final RestoreReports reports;
    private final Definitions definitions;
    private final DefinedRepositories repositories;
    private final SiteName site;
    private final Clock clock;
    private final Map<EventId, List<Damage>> damages = new ConcurrentHashMap<>();

    @Inject
    RestoreJobs(
            PhysicalRestore physical,
            ClusterRestores clusters,
            DatabaseRestores databases,
            HookedRestores hooks,
            RestoreReports reports,
            Definitions definitions,
            DefinedRepositories repositories,
            RestoreSettings settings,
            Clock clock) {
        this.physical = physical;
        this.clusters = clusters;
        this.databases = databases;
        this.hooks = hooks;
        this.reports = reports;
        this.definitions = definitions;
        this.repositories = repositories;
        this.site = new SiteName(settings.site());
        this.clock = clock;
    }

    /**
     * The jobs of one site. Several sites may share one database, and a restore writes on the host it runs on: so only a
     * site's own workers may pick its jobs.
     */
    static JobKind kindAt(SiteName site) {
        return new JobKind(
                "restore " + site,
                Work.RESTORE,
                Set.of(
                        EventType.RESTORE_PLANNED,
                        EventType.RESTORE_COMPLETED,
                        EventType.RESTORE_FAILED,
                        EventType.RESTORE_CANCELLED));
    }

    @Override
    public JobKind kind() {
        return kindAt(site);
    }

    @Override
    public EventData run(JobRun run) throws JobFailedException, InterruptedException {
        RestoreRequested request = request(run);
        requireOurs(request);
        if (request.changesNothing()) {
            definitions.awaitCaughtUp();
            return clusters.plan(run, request);
        }
        run.publishNow(new RestoreStarted(
                RestoreId.of(run.request().id()),
                request.backupId(),
                request.target(),
                site,
                run.startedAt(),
                run.attempt(),
                run.worker(),
                request.reason(),
                request.requestedBy()));
        definitions.awaitCaughtUp();
        RestoreId restore = RestoreId.of(run.request().id());
        try (StoredBackup backup = StoredBackup.open(definitions, repositories, request)) {
            List<Phase> verified = clusters.verify(run, request, backup);
            HookedRestores.Before before = hooks.before(restore, request, new JobProgress(run));
            RestoreCompleted done = switch (request.destination()) {
                case RestoreDestination.Directory directory ->
                    clusters.restore(run, request, backup, directory, verified);
                case RestoreDestination.Database database -> load(run, request, backup, database);
            };
            return reports.reported(request, hooks.completed(restore, request, before, done));
        } catch (RestoreException e) {
            damages.put(run.request().id(), e.damages());
            throw new JobFailedException(e.failure(), e);
        }
    }

    private void requireOurs(RestoreRequested request) throws JobFailedException {
        if (!request.site().equals(site)) {
            throw new JobFailedException(
                    new Failure(
                            FailureCategory.CONFIGURATION,
                            "the restore is for site " + request.site() + ", this worker's site is " + site + ".",
                            "nothing was changed; ask for the restore again, and see who else writes to the services' database."));
        }
    }

    private RestoreCompleted load(
            JobRun run, RestoreRequested request, StoredBackup backup, RestoreDestination.Database to)
            throws RestoreException, InterruptedException {
        ExtractedPart part = databases.run(RestoreId.of(run.request().id()), request, backup, to, new JobProgress(run));
        LoadedDatabase loaded = part.loaded();
        return new RestoreCompleted(
                RestoreId.of(run.request().id()),
                request.backupId(),
                request.target(),
                site,
                null,
                loaded.connection(),
                true,
                loaded.bytes(),
                run.startedAt(),
                clock.instant(),
                part.phases(),
                loaded.checks(),
                part.missing().isEmpty() ? null : part.missing(),
                null,
                part.recoveredTo(),
                request.recoveryTarget(),
                null,
                null,
                null);
    }

    @Override
    public EventData failed(JobRun run, Failure failure) {
        RestoreRequested request = request(run);
        List<Damage> found = damages.remove(run.request().id());
        discard(run, request);
        Failure told = hooks.failed(RestoreId.of(run.request().id()), request, failure);
        return new RestoreFailed(
                RestoreId.of(run.request().id()),
                request.backupId(),
                request.target(),
                site,
                run.startedAt(),
                clock.instant(),
                run.attempt(),
                told,
                found == null || found.isEmpty() ? null : found,
                request.changesNothing() ? true : null);
    }

    @Override
    public EventData cancelled(JobRun run, Cancellation cancellation) {
        RestoreRequested request = request(run);
        damages.remove(run.request().id());
        discard(run, request);
        hooks.cancelled(RestoreId.of(run.request().id()), request);
        return new RestoreCancelled(
                RestoreId.of(run.request().id()),
                request.backupId(),
                request.target(),
                site,
                clock.instant(),
                cancellation.requestedBy(),
                cancellation.reason());
    }

    /** No attempt follows. That files are left is told by the directory's own marker; the outcome is what it is. */
    private void discard(JobRun run, RestoreRequested request) {
        if (!request.changesNothing()
                && request.site().equals(site)
                && request.destination() instanceof RestoreDestination.Directory directory) {
            try {
                physical.discard(RestoreId.of(run.request().id()), directory.path());
            } catch (RestoreException e) {
                LOG.errorf(e, "what the restore left in %s was not removed", directory.path());
            }
        }
    }

    private static RestoreRequested request(JobRun run) {
        return (RestoreRequested) run.request().data();
    }
}
