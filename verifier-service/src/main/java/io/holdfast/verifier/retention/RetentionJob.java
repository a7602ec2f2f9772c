package io.holdfast.verifier.retention;

import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.RetentionRules;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.progress.Work;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.retention.RetentionCancelled;
import io.holdfast.events.retention.RetentionFailed;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.retention.RetentionPolicy;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.jobs.Cancellation;
import io.holdfast.runtime.jobs.JobFailedException;
import io.holdfast.runtime.jobs.JobHandler;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.verifier.RepositoryFailures;
import io.holdfast.verifier.retention.RetentionConfig.Role;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A run of the retention role as durable work: whoever takes it over goes on where it ended. Works on the job's own thread, so
 * that nothing goes on when the job has ended.
 */
@Singleton
public class RetentionJob implements JobHandler {

    static final JobKind KIND = new JobKind(
            "retention",
            Work.VERIFICATION,
            Set.of(EventType.RETENTION_COMPLETED, EventType.RETENTION_FAILED, EventType.RETENTION_CANCELLED));

    private static final Duration SOON = Duration.ofHours(1);

    private final Definitions definitions;
    private final DefinedRepositories repositories;
    private final Proofs proofs;
    private final RetentionTable table;
    private final Expiries expiries;
    private final Restorations restorations;
    private final RetentionConfig config;
    private final Clock clock;

    RetentionJob(
            Definitions definitions,
            Secrets secrets,
            Proofs proofs,
            RetentionTable table,
            Expiries expiries,
            Restorations restorations,
            RetentionConfig config,
            Clock clock) {
        this.definitions = definitions;
        this.repositories = new DefinedRepositories(secrets);
        this.proofs = proofs;
        this.table = table;
        this.expiries = expiries;
        this.restorations = restorations;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public JobKind kind() {
        return KIND;
    }

    @Override
    public boolean isOn() {
        return config.role() == Role.ON;
    }

    @Override
    public EventData run(JobRun run) throws JobFailedException, InterruptedException {
        try {
            return work(run);
        } catch (RepositoryException e) {
            run.throwIfCancelled();
            throw new JobFailedException(RepositoryFailures.of(e), e);
        }
    }

    @Override
    public EventData failed(JobRun run, Failure failure) {
        RetentionRequested request = request(run);
        return new RetentionFailed(request.target(), request.repository(), request.dryRun(), failure, clock.instant());
    }

    @Override
    public EventData cancelled(JobRun run, Cancellation cancellation) {
        RetentionRequested request = request(run);
        return new RetentionCancelled(
                request.target(),
                request.repository(),
                clock.instant(),
                cancellation.requestedBy(),
                cancellation.reason());
    }

    private EventData work(JobRun run) throws RepositoryException, JobFailedException, InterruptedException {
        RetentionRequested request = request(run);
        Scope scope = Scope.of(request);
        RepositoryDefined defined = definitions
                .repository(scope.repository())
                .orElseThrow(() -> wrong(
                        "the repository " + scope.repository() + " is not defined",
                        "Define it in holdfast.yaml, or remove what refers to it."));
        RetentionPolicy policy = policy(scope);
        requireNewest(scope, defined);
        Optional<Repository> found =
                request.dryRun() ? repositories.findToVerify(defined) : repositories.findToRetain(defined);
        if (found.isEmpty()) {
            return RunReport.nothing(scope, request.dryRun(), clock.instant());
        }
        try (Repository opened = found.get()) {
            RetentionRun retention = new RetentionRun(scope, opened, policy, table, expiries, clock);
            if (request.dryRun()) {
                return retention.dryRun(proofs.of(scope), RetentionRun.approvedBy(request));
            }
            if (isInUse(scope)) {
                return retention.postpone(proofs.of(scope));
            }
            try (DeletableStore deletable = repositories.connectToRetain(defined)) {
                return retention.act(run, proofs.of(scope), deletable, config.patience());
            }
        }
    }

    /** Whoever may write to Kafka can say again what was signed long ago, and promised less. */
    private void requireNewest(Scope scope, RepositoryDefined defined) throws JobFailedException, InterruptedException {
        long target =
                definitions.target(scope.target()).map(TargetDefined::revision).orElse(0L);
        boolean newest = Persistence.untilDone(
                "the revisions of " + scope,
                () -> table.isNewest(TargetDefined.subjectOf(scope.target()), target)
                        && table.isNewest(RepositoryDefined.subjectOf(scope.repository()), defined.revision()));
        if (!newest) {
            throw wrong(
                    "what is defined of " + scope + " is older than what was acted on before",
                    "Let the scheduler-service run: it says the newest again. If revisions began anew, remove these from"
                            + " definition_seen in this service's schema.");
        }
    }

    /** Whether what is there may be read just now by who restores; then it is looked again soon. */
    private boolean isInUse(Scope scope) throws InterruptedException {
        return Persistence.untilDone("who restores " + scope, () -> {
            boolean inUse = restorations.areUnderWay(scope.target());
            if (inUse) {
                table.takeAgain(scope, clock.instant().minus(config.every()).plus(SOON));
            }
            return inUse;
        });
    }

    /** What is promised for a target; everything, where nothing is said. A target that is not defined keeps all it has. */
    private RetentionPolicy policy(Scope scope) throws JobFailedException {
        TargetDefined target = definitions
                .target(scope.target())
                .orElseThrow(() -> wrong(
                        "the target " + scope.target() + " is not defined, so nothing says what is to stay of it",
                        "Define it in holdfast.yaml again, with what is to be kept."));
        RetentionRules rules = target.retentionIn(scope.repository()).orElse(null);
        try {
            return rules == null ? RetentionPolicy.EVERYTHING : Policies.of(rules);
        } catch (IllegalArgumentException e) {
            throw wrong(
                    "what is to be kept of " + scope + " cannot be meant so: " + e.getMessage(),
                    "Correct `retention` in holdfast.yaml.");
        }
    }

    private static JobFailedException wrong(String what, String hint) {
        return new JobFailedException(new Failure(FailureCategory.CONFIGURATION, what, hint));
    }

    private static RetentionRequested request(JobRun run) {
        return (RetentionRequested) run.request().data();
    }
}
