package io.holdfast.backup.job;

import io.holdfast.backup.base.BackupProgress;
import io.holdfast.backup.base.Cancellation;
import io.holdfast.backup.base.PhysicalBackup;
import io.holdfast.backup.base.PhysicalBackupOptions;
import io.holdfast.backup.dump.DumpSelection;
import io.holdfast.backup.dump.LogicalBackup;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.events.BackupKind;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.Place;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.runtime.jobs.JobRun;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Makes one attempt at a backup, of whichever kind. Thread safe. */
final class BackupMaker {
    private final PhysicalBackup physical;
    private final LogicalBackup logical;
    private final Secrets secrets;
    private final Path workDirectory;
    private final BackupConfig config;
    private final RefusedServers refused;

    BackupMaker(
            PhysicalBackup physical,
            LogicalBackup logical,
            Secrets secrets,
            Path workDirectory,
            BackupConfig config,
            RefusedServers refused) {
        this.refused = refused;
        this.physical = physical;
        this.logical = logical;
        this.secrets = secrets;
        this.workDirectory = workDirectory;
        this.config = config;
    }

    /**
     * Makes the attempt. What earlier attempts left in the repository is invisible and stays: workers never delete.
     *
     * @throws TimeoutException if it took longer than allowed
     * @throws io.holdfast.runtime.secrets.SecretException if a reference to a secret leads nowhere
     */
    CommitOutcome make(BackupWork work, AttemptId attempt, StoredBackups stored, JobRun run)
            throws IOException, InterruptedException, TimeoutException {
        try (WorkFolder folder = WorkFolder.below(workDirectory)) {
            SourceServer server =
                    SourceCluster.of(work.target().postgres(), secrets, folder).primary("holdfast");
            return switch (work.request().kind()) {
                case FULL, INCREMENTAL -> files(work, attempt, stored, run, server, folder);
                case LOGICAL -> dumps(work, attempt, stored, run, server, folder);
            };
        }
    }

    private CommitOutcome files(
            BackupWork work,
            AttemptId attempt,
            StoredBackups stored,
            JobRun run,
            SourceServer server,
            WorkFolder folder)
            throws IOException, InterruptedException, TimeoutException {
        Optional<RefusedServers.Refused> refusal = refused.of(work.target().target());
        PhysicalBackupOptions options = PhysicalBackupOptions.of(
                        work.storedId(), attempt, writer(folder), folder.newFolder("wal"))
                .withMaxRateKib(work.target().postgres().maxRateKbps())
                .withLabels(labels(work))
                .withIncremental(work.request().kind() == BackupKind.INCREMENTAL)
                .withReadAllBecause(config.serverIncremental() ? null : "holdfast.backup.server-incremental is false")
                .withDatabase(server.database())
                .withDoubts(identifier -> refusal.filter(it -> it.systemIdentifier() == identifier)
                        .map(it -> "the server's log is refused: " + it.reason()))
                .withBeforeCommit(run::requireOwnership);
        Cancellation cancellation = new Cancellation();
        AttemptWatch watch = new AttemptWatch(run, config.timeLimit(), cancellation::cancel);
        try (watch) {
            return physical.run(
                            server.connection(),
                            identifier -> stored.at(Place.ofSystemIdentifier(identifier)),
                            options,
                            progress -> run.progress(
                                    phase(progress.phase()), progress.sentBytes(), progress.estimatedBytes()),
                            cancellation)
                    .outcome();
        } catch (IOException e) {
            throw endedBy(run, watch, e);
        }
    }

    private CommitOutcome dumps(
            BackupWork work,
            AttemptId attempt,
            StoredBackups stored,
            JobRun run,
            SourceServer server,
            WorkFolder folder)
            throws IOException, InterruptedException, TimeoutException {
        LogicalBackup.Request request = new LogicalBackup.Request(
                work.storedId(),
                attempt,
                writer(folder),
                folder,
                DumpSelection.of(work.target().logical()),
                labels(work),
                run::requireOwnership);
        AttemptWatch watch = new AttemptWatch(run, config.timeLimit(), Thread.currentThread()::interrupt);
        try (watch) {
            return logical.run(
                    server, stored.at(Place.LOGICAL), request, (phase, bytes) -> run.progress(phase, bytes, null));
        } catch (InterruptedException e) {
            if (watch.tookTooLong()) {
                throw tooLong();
            }
            throw e;
        } catch (IOException e) {
            throw endedBy(run, watch, e);
        }
    }

    /** Whatever broke because of the end, the end is the reason. */
    private IOException endedBy(JobRun run, AttemptWatch watch, IOException effect)
            throws InterruptedException, TimeoutException {
        if (run.isCancelled()) {
            throw (InterruptedException) new InterruptedException("the backup was stopped").initCause(effect);
        }
        if (watch.tookTooLong()) {
            throw (TimeoutException) tooLong().initCause(effect);
        }
        return effect;
    }

    private TimeoutException tooLong() {
        return new TimeoutException("The backup took longer than " + text(config.timeLimit()) + " and was stopped.");
    }

    private static String text(Duration duration) {
        return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }

    private WriterOptions writer(WorkFolder folder) throws IOException {
        return new WriterOptions(
                folder.newFolder("index"),
                config.threads(),
                config.zstdLevel(),
                config.memory().asLongValue(),
                config.packSize().asLongValue());
    }

    private static Map<String, String> labels(BackupWork work) {
        Map<String, String> labels = new HashMap<>();
        String reason = work.request().reason();
        String requestedBy = work.request().requestedBy();
        if (reason != null) {
            labels.put("reason", reason);
        }
        if (requestedBy != null) {
            labels.put("requested_by", requestedBy);
        }
        return labels;
    }

    private static String phase(BackupProgress.Phase phase) {
        return switch (phase) {
            case STARTING -> "start";
            case COPYING -> "read";
            case FINISHING_WAL -> "wal";
            case COMMITTING -> "commit";
        };
    }
}
