package io.holdfast.backup.job;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.progress.Work;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.runtime.jobs.Cancellation;
import io.holdfast.runtime.jobs.JobFailedException;
import io.holdfast.runtime.jobs.JobHandler;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.runtime.secrets.SecretException;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Makes the backup that a request asks for. The repository decides what is a backup: an attempt that finds the manifest
 * already there, made by an earlier attempt whose worker ended before it could say so, says it in its stead.
 */
public final class BackupJob implements JobHandler {
    private static final Logger LOG = Logger.getLogger(BackupJob.class);

    /** The kind of these jobs. */
    public static final JobKind KIND = new JobKind(
            "backup",
            Work.BACKUP,
            Set.of(EventType.BACKUP_COMPLETED, EventType.BACKUP_FAILED, EventType.BACKUP_CANCELLED));

    private final DefinedTargets targets;
    private final BackupMaker maker;
    private final Attempts attempts;
    private final Clock clock;

    BackupJob(DefinedTargets targets, BackupMaker maker, Attempts attempts, Clock clock) {
        this.targets = targets;
        this.maker = maker;
        this.attempts = attempts;
        this.clock = clock;
    }

    @Override
    public JobKind kind() {
        return KIND;
    }

    @Override
    public EventData run(JobRun run) throws JobFailedException, InterruptedException {
        BackupWork work = targets.await(run.request());
        try (StoredBackups stored = attempts.open(work)) {
            Optional<BackupManifest> earlier = stored.manifest();
            if (earlier.isPresent()) {
                return Completion.of(work, earlier.get());
            }
            run.publishNow(started(run, work));
            AttemptId attempt = attempts.next(run.attempt());
            LOG.infof(
                    "backup %s of %s (%s) begins, attempt %s",
                    work.backup(),
                    work.request().target(),
                    work.request().kind().wireName(),
                    attempt);
            BackupManifest manifest = manifest(maker.make(work, attempt, stored, run));
            LOG.infof(
                    "backup %s of %s is complete: %d bytes, %d stored",
                    work.backup(),
                    work.request().target(),
                    manifest.sizes().bytes(),
                    manifest.sizes().storedBytes());
            return Completion.of(work, manifest);
        } catch (TimeoutException e) {
            throw new JobFailedException(
                    Failures.failure(
                            FailureCategory.TIMEOUT,
                            String.valueOf(e.getMessage()),
                            "Look for what is slow: the server, the network or the repository; or allow more with"
                                    + " holdfast.backup.time-limit."),
                    e);
        } catch (SecretException e) {
            throw new JobFailedException(Failures.of(e), e);
        } catch (IOException e) {
            throw new JobFailedException(Failures.of(e), e);
        }
    }

    private static BackupManifest manifest(CommitOutcome outcome) throws JobFailedException {
        return switch (outcome) {
            case CommitOutcome.Committed committed -> committed.manifest();
            case CommitOutcome.AlreadyCommitted other -> other.existing();
            case CommitOutcome.Fenced fenced -> throw givenUp(fenced);
        };
    }

    private static JobFailedException givenUp(CommitOutcome.Fenced fenced) {
        return new JobFailedException(Failures.failure(
                FailureCategory.CONFIGURATION,
                "The backup had been given up in the repository: " + fenced.reason(),
                "Ask for a new backup."));
    }

    private BackupStarted started(JobRun run, BackupWork work) {
        BackupRequested request = work.request();
        return new BackupStarted(
                work.backup(),
                request.target(),
                request.kind(),
                work.repository().repository(),
                run.startedAt(),
                run.attempt(),
                run.worker(),
                request.reason(),
                request.requestedBy());
    }

    @Override
    public EventData failed(JobRun run, Failure failure) {
        Optional<BackupWork> work = targets.find(run.request());
        Optional<EventData> completed = work.flatMap(known -> attempts.settle(
                known, run.attempt() > 1, "failed: " + failure.category().wireName()));
        BackupRequested request = (BackupRequested) run.request().data();
        return completed.orElseGet(() -> new BackupFailed(
                BackupId.of(run.request().id()),
                request.target(),
                request.kind(),
                work.map(BackupWork::repository)
                        .map(RepositoryDefined::repository)
                        .orElse(request.repository()),
                work.isPresent() ? run.startedAt() : null,
                clock.instant(),
                run.attempt(),
                failure,
                request.reason(),
                request.requestedBy()));
    }

    @Override
    public EventData cancelled(JobRun run, Cancellation cancellation) {
        BackupRequested request = (BackupRequested) run.request().data();
        Optional<BackupWork> work = targets.find(run.request());
        Optional<EventData> completed = run.attempt() == 0
                ? Optional.empty()
                : work.flatMap(known -> attempts.settle(known, true, "cancelled"));
        return completed.orElseGet(() -> new BackupCancelled(
                BackupId.of(run.request().id()),
                request.target(),
                request.kind(),
                clock.instant(),
                cancellation.requestedBy(),
                cancellation.reason(),
                work.map(BackupWork::repository)
                        .map(RepositoryDefined::repository)
                        .orElse(request.repository())));
    }
}
