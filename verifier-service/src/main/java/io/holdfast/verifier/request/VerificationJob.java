package io.holdfast.verifier.request;

import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.progress.Work;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.VerificationCancelled;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.jobs.Cancellation;
import io.holdfast.runtime.jobs.JobFailedException;
import io.holdfast.runtime.jobs.JobHandler;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.verifier.RepositoryFailures;
import io.holdfast.verifier.VerifierConfig;
import io.holdfast.verifier.retention.Proofs;
import io.holdfast.verifier.verification.BackupCheck;
import io.holdfast.verifier.verification.CannotCheckException;
import io.holdfast.verifier.verification.Findings;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jboss.logging.Logger;

/** One verification as durable work. What is found to be wrong is an outcome; only what hinders reading is a failure. */
@Singleton
public class VerificationJob implements JobHandler {

    static final JobKind KIND = new JobKind(
            "verification",
            Work.VERIFICATION,
            Set.of(EventType.BACKUP_VERIFIED, EventType.VERIFICATION_FAILED, EventType.VERIFICATION_CANCELLED));

    private static final Logger LOG = Logger.getLogger(VerificationJob.class);

    private final Definitions definitions;
    private final DefinedRepositories repositories;
    private final BackupCheck check;
    private final Proofs proofs;
    private final VerifierConfig config;
    private final Clock clock;
    // Decompressing and hashing must not hold the carriers of virtual threads, which heartbeats need.
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("verification-", 0).factory());

    VerificationJob(
            Definitions definitions,
            Secrets secrets,
            BackupCheck check,
            Proofs proofs,
            VerifierConfig config,
            Clock clock) {
        this.config = config;
        this.definitions = definitions;
        this.repositories = new DefinedRepositories(secrets);
        this.check = check;
        this.proofs = proofs;
        this.clock = clock;
    }

    void stop(@Observes ShutdownEvent ending) {
        threads.shutdownNow();
    }

    @Override
    public JobKind kind() {
        return KIND;
    }

    @Override
    public EventData run(JobRun run) throws JobFailedException, InterruptedException {
        Subject subject = Subject.of(run.request().data());
        Future<Findings> reading = threads.submit(() -> read(subject, run));
        try {
            return outcome(subject, run, reading.get());
        } catch (ExecutionException e) {
            run.throwIfCancelled();
            throw failed(subject, e.getCause() == null ? e : e.getCause());
        } finally {
            reading.cancel(true);
        }
    }

    @Override
    public EventData failed(JobRun run, Failure failure) {
        Subject subject = Subject.of(run.request().data());
        return new VerificationFailed(
                subject.backup(),
                subject.target(),
                subject.repository(),
                run.startedAt(),
                clock.instant(),
                failure,
                List.of(),
                0,
                null);
    }

    @Override
    public EventData cancelled(JobRun run, Cancellation cancellation) {
        Subject subject = Subject.of(run.request().data());
        return new VerificationCancelled(
                subject.backup(),
                subject.target(),
                subject.repository(),
                clock.instant(),
                cancellation.requestedBy(),
                cancellation.reason());
    }

    private Findings read(Subject subject, JobRun run) throws IOException, InterruptedException, JobFailedException {
        PlaceLayout layout = Manifests.layoutOf(subject);
        RepositoryDefined repository = definitions
                .repository(subject.repository())
                .orElseThrow(() -> new JobFailedException(new Failure(
                        FailureCategory.CONFIGURATION,
                        "the repository " + subject.repository() + " is not defined",
                        "Define it in holdfast.yaml, or remove what refers to it.")));
        try (Repository opened = repositories.openToVerify(repository)) {
            return check.check(
                    opened.at(layout.target(), layout.place()),
                    layout,
                    new BackupId(subject.backup().toString()),
                    subject.level().orElse(config.verifier().level()),
                    run::progress);
        }
    }

    private EventData outcome(Subject subject, JobRun run, Findings findings)
            throws InterruptedException, JobFailedException {
        Proofs.Read read = new Proofs.Read(
                subject.target(),
                subject.repository(),
                Manifests.layoutOf(subject).place(),
                subject.backup());
        if (findings.failure().isEmpty()) {
            proofs.whole(read, findings.level(), clock.instant());
        } else if (findings.category() != FailureCategory.BACKUP_NOT_FOUND) {
            proofs.damaged(read, findings.level(), clock.instant());
        }
        findings.notes().forEach(note -> LOG.warnf("backup %s of %s: %s", subject.backup(), subject.target(), note));
        return findings.failure()
                .<EventData>map(failure -> new VerificationFailed(
                        subject.backup(),
                        subject.target(),
                        subject.repository(),
                        run.startedAt(),
                        clock.instant(),
                        failure,
                        findings.listed(),
                        findings.damages().size(),
                        findings.level()))
                .orElseGet(() -> new BackupVerified(
                        subject.backup(),
                        subject.target(),
                        subject.repository(),
                        findings.level(),
                        findings.bytesRead(),
                        findings.objects(),
                        run.startedAt(),
                        clock.instant()));
    }

    private static JobFailedException failed(Subject subject, Throwable cause) {
        return switch (cause) {
            case JobFailedException failed -> failed;
            case RepositoryException e -> new JobFailedException(RepositoryFailures.of(e), e);
            case CannotCheckException e -> new JobFailedException(e.failure(), e);
            case IOException e ->
                new JobFailedException(
                        new Failure(
                                FailureCategory.INTERNAL,
                                "verifying backup " + subject.backup() + " failed: " + e.getMessage(),
                                "Look at the log of the verifier-service."),
                        e);
            default -> throw new IllegalStateException("verifying backup " + subject.backup() + " failed", cause);
        };
    }
}
