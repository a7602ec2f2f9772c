package io.holdfast.restore.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.DrillId;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.SiteName;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.drill.DrillCancelled;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.drill.DrillStarted;
import io.holdfast.events.progress.Work;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.drill.Drill;
import io.holdfast.restore.drill.DrillOrder;
import io.holdfast.restore.drill.DrillResult;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Does drills as durable jobs, and says in events what came of them. */
@Singleton
public class DrillJobs implements JobHandler {
    /** An event is at most 256 KiB long. */
    private static final int MOST_CHECKS = 150;

    private final Drill drill;
    private final Definitions definitions;
    private final DefinedRepositories repositories;
    private final SiteName site;
    private final Clock clock;
    private final Map<EventId, DrillResult> failed = new ConcurrentHashMap<>();

    @Inject
    DrillJobs(
            Drill drill,
            Definitions definitions,
            DefinedRepositories repositories,
            RestoreSettings settings,
            Clock clock) {
        this.drill = drill;
        this.definitions = definitions;
        this.repositories = repositories;
        this.site = new SiteName(settings.site());
        this.clock = clock;
    }

    /** The jobs of one site: several sites may share one database. */
    static JobKind kindAt(SiteName site) {
        return new JobKind(
                "drill " + site,
                Work.RESTORE,
                Set.of(EventType.DRILL_COMPLETED, EventType.DRILL_FAILED, EventType.DRILL_CANCELLED));
    }

    @Override
    public JobKind kind() {
        return kindAt(site);
    }

    @Override
    public EventData run(JobRun run) throws JobFailedException, InterruptedException {
        DrillRequested request = request(run);
        failed.remove(run.request().id()); // what an earlier attempt found says nothing of this one
        if (!request.site().equals(site)) {
            throw new JobFailedException(new Failure(
                    FailureCategory.CONFIGURATION,
                    "the drill is for site " + request.site() + ", this worker's site is " + site + ".",
                    "ask for the drill again, and see who else writes to the services' database."));
        }
        run.publishNow(new DrillStarted(
                id(run),
                request.target(),
                site,
                run.startedAt(),
                run.attempt(),
                run.worker(),
                request.reason(),
                request.requestedBy()));
        definitions.awaitCaughtUp();
        RepositoryDefined defined = definitions
                .repository(request.repository())
                .orElseThrow(() -> new JobFailedException(new Failure(
                        FailureCategory.CONFIGURATION,
                        "repository " + request.repository() + " is not defined.",
                        "define it in holdfast.yaml, or ask with a repository that is.")));
        try (Repository repository = repositories.openToRestore(defined)) {
            boolean encryptedOnly = defined.encryption() != null && !Boolean.TRUE.equals(request.acceptUnencrypted());
            DrillResult result = drill.run(
                    new DrillOrder(
                            id(run), run.attempt(), request, run.request().time(), repository, encryptedOnly),
                    new JobProgress(run));
            return outcome(run, request, result);
        } catch (RepositoryException e) {
            throw new JobFailedException(RepositoryFailures.of(e).failure(), e);
        }
    }

    private DrillCompleted outcome(JobRun run, DrillRequested request, DrillResult result) throws JobFailedException {
        DrillResult.Trouble trouble = result.trouble();
        io.holdfast.repository.BackupId backup = result.backup();
        if (trouble != null || backup == null) {
            failed.put(run.request().id(), result);
            throw new JobFailedException(
                    trouble == null
                            ? new Failure(FailureCategory.INTERNAL, "the drill took no backup.", "report this.")
                            : trouble.failure());
        }
        return new DrillCompleted(
                id(run),
                request.target(),
                request.repository(),
                site,
                BackupId.of(backup.value()),
                result.moment(),
                request.seed(),
                result.startedAt(),
                result.finishedAt(),
                result.measures(),
                shown(result.checks()),
                result.report());
    }

    @Override
    public EventData failed(JobRun run, Failure failure) {
        DrillRequested request = request(run);
        DrillResult result = failed.remove(run.request().id());
        DrillResult.Trouble trouble = result == null ? null : result.trouble();
        return new DrillFailed(
                id(run),
                request.target(),
                request.repository(),
                site,
                result == null || result.backup() == null
                        ? request.backupId()
                        : BackupId.of(result.backup().value()),
                result == null ? request.moment() : result.moment(),
                request.seed(),
                run.startedAt(),
                clock.instant(),
                run.attempt(),
                trouble == null ? DrillReason.OTHER : trouble.reason(),
                failure,
                result == null ? DrillMeasures.NONE : result.measures(),
                result == null ? List.of() : shown(result.checks()),
                result == null ? null : result.report());
    }

    @Override
    public EventData cancelled(JobRun run, Cancellation cancellation) {
        failed.remove(run.request().id());
        return new DrillCancelled(
                id(run),
                request(run).target(),
                site,
                clock.instant(),
                cancellation.requestedBy(),
                cancellation.reason());
    }

    private static List<DrillCheck> shown(List<DrillCheck> checks) {
        return checks.stream()
                .sorted(Comparator.comparing(each -> !each.failed()))
                .limit(MOST_CHECKS)
                .toList();
    }

    private static DrillId id(JobRun run) {
        return DrillId.of(run.request().id());
    }

    private static DrillRequested request(JobRun run) {
        return (DrillRequested) run.request().data();
    }
}
