package io.holdfast.runtime.app;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.progress.Work;
import io.holdfast.runtime.jobs.Cancellation;
import io.holdfast.runtime.jobs.JobFailedException;
import io.holdfast.runtime.jobs.JobHandler;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.JobRun;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Does for each target what a test says. */
@Singleton
public class ScriptedJobs implements JobHandler {

    public static final JobKind KIND = new JobKind(
            "scripted",
            Work.BACKUP,
            Set.of(EventType.BACKUP_COMPLETED, EventType.BACKUP_FAILED, EventType.BACKUP_CANCELLED));

    private static final RepositoryId REPOSITORY = new RepositoryId("main");

    private final JobKind kind;
    private final Map<String, Script> scripts = new ConcurrentHashMap<>();

    /** What a job does; it completes when this returns. */
    @FunctionalInterface
    public interface Script {
        void run(JobRun run) throws JobFailedException, InterruptedException;
    }

    public ScriptedJobs() {
        this(KIND);
    }

    /** A handler of another kind, for workers that a test makes itself. */
    public ScriptedJobs(JobKind kind) {
        this.kind = kind;
    }

    public void script(String target, Script script) {
        scripts.put(target, script);
    }

    @Override
    public JobKind kind() {
        return kind;
    }

    @Override
    public EventData run(JobRun run) throws JobFailedException, InterruptedException {
        run.publishNow(new BackupStarted(
                id(run),
                target(run),
                BackupKind.FULL,
                REPOSITORY,
                run.startedAt(),
                run.attempt(),
                run.worker(),
                null,
                null));
        scripts.getOrDefault(target(run).value(), nothing -> {}).run(run);
        return new BackupCompleted(
                id(run),
                target(run),
                BackupKind.FULL,
                REPOSITORY,
                "manifest of attempt " + run.attempt(),
                1,
                1,
                run.startedAt(),
                Instant.now(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    @Override
    public EventData failed(JobRun run, Failure failure) {
        return new BackupFailed(
                id(run),
                target(run),
                BackupKind.FULL,
                REPOSITORY,
                run.startedAt(),
                Instant.now(),
                run.attempt(),
                failure,
                null,
                null);
    }

    @Override
    public EventData cancelled(JobRun run, Cancellation cancellation) {
        return new BackupCancelled(
                id(run),
                target(run),
                BackupKind.FULL,
                Instant.now(),
                cancellation.requestedBy(),
                cancellation.reason(),
                REPOSITORY);
    }

    private static BackupId id(JobRun run) {
        return BackupId.of(run.request().id());
    }

    private static TargetId target(JobRun run) {
        return new TargetId(run.request().data().subject());
    }
}
