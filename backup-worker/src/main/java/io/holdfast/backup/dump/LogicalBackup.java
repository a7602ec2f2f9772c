package io.holdfast.backup.dump;

import io.holdfast.backup.replication.SqlSession;
import io.holdfast.backup.source.DatabaseList;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.backup.tool.Installations;
import io.holdfast.backup.tool.PostgresInstallation;
import io.holdfast.backup.tool.ToolCommand;
import io.holdfast.backup.tool.ToolException;
import io.holdfast.backup.tool.ToolProcess;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a logical backup: roles and other globals, then each database as a custom-format archive, several at the same time,
 * streamed from the programs straight into the repository. When one fails, the others are ended. Nothing lies on this host's disk in between. Each database is dumped from a
 * snapshot of its own, as PostgreSQL has none across databases; the manifest says so. Safe for use by several threads,
 * each with a backup of its own.
 */
public final class LogicalBackup {
    private static final int FILE_MODE = 0600;

    private final Installations installations;
    private final InstantSource clock;
    private final DumpLimits limits;

    public LogicalBackup(Installations installations, InstantSource clock, DumpLimits limits) {
        this.installations = installations;
        this.clock = clock;
        this.limits = limits;
    }

    /**
     * What is to be made.
     *
     * @param selection which databases, what of them, and how many at once
     * @param labels free text kept in the backup's manifest; never secrets
     * @param beforeCommit run once, when every dump was taken: what it throws ends the attempt without a backup
     */
    public record Request(
            BackupId backup,
            AttemptId attempt,
            WriterOptions writer,
            WorkFolder folder,
            DumpSelection selection,
            Map<String, String> labels,
            Runnable beforeCommit) {
        public Request {
            labels = Map.copyOf(labels);
        }
    }

    /** Hears of progress often, in one thread after another: it must return quickly. */
    @FunctionalInterface
    public interface Listener {
        /**
         * So far it is.
         *
         * @param phase {@code globals} or {@code dump}
         * @param bytes taken from all programs together
         */
        void progressed(String phase, long bytes);
    }

    /**
     * Makes the backup. An interrupt of the calling thread ends it, and the running program.
     *
     * @throws ToolException for what the programs do
     * @throws io.holdfast.backup.replication.ReplicationException for what the server does to the first queries
     * @throws io.holdfast.repository.RepositoryException for what the repository does
     */
    public CommitOutcome run(SourceServer server, TargetPlace place, Request request, Listener listener)
            throws IOException, InterruptedException {
        Instant startedAt = clock.instant();
        DatabaseList facts = DatabaseList.of(server);
        PostgresInstallation tools = installations.suitableFor(facts.major());
        DumpPlan plan = DumpPlan.of(facts, request.selection());
        DumpCommands commands = new DumpCommands(
                tools, server, request.selection(), request.folder().path(), limits.lockWait());
        try (BackupWriter writer = place.beginBackup(request.backup(), request.attempt(), request.writer())) {
            Attempt attempt = new Attempt(writer, server.password(), request.folder(), listener);
            attempt.dump(
                    "globals",
                    DumpPlan.GLOBALS,
                    OutputCheck.ofGlobals(),
                    file -> commands.globals(plan.rolePasswords(), path(file)));
            List<ConcurrentDumps.Dump> dumps = plan.databases().stream()
                    .map(database -> (ConcurrentDumps.Dump) () -> dump(database, server, commands, attempt))
                    .toList();
            ConcurrentDumps.run(dumps, request.selection().jobs());
            request.beforeCommit().run();
            return writer.commit(details(startedAt, facts, tools, plan, request.labels()));
        }
    }

    private static void dump(DumpedDatabase database, SourceServer server, DumpCommands commands, Attempt attempt)
            throws IOException, InterruptedException {
        if (commands.needsOwnLoginFirst()) {
            SqlSession.open(server.connection(), database.name(), "holdfast").close();
        }
        attempt.dump(
                "dump",
                database.file(),
                OutputCheck.ofArchive(database.name()),
                file -> commands.database(database.name(), path(file)));
    }

    private BackupDetails details(
            Instant startedAt,
            DatabaseList facts,
            PostgresInstallation tools,
            DumpPlan plan,
            Map<String, String> labels) {
        Map<String, String> all = new TreeMap<>(labels);
        all.put("consistency", "each database is one snapshot of its own");
        return new BackupDetails(
                BackupKind.LOGICAL,
                Optional.empty(),
                startedAt,
                // The clock may have been set back meanwhile.
                Collections.max(List.of(startedAt, clock.instant())),
                new BackupContent.Logical(
                        facts.versionNumber(), tools.version().text(), plan.databases(), Optional.of(DumpPlan.GLOBALS)),
                plan.exceptions(),
                all);
    }

    private static java.nio.file.@Nullable Path path(@Nullable PasswordFile file) {
        return file == null ? null : file.path();
    }

    /** Makes a command that finds its password in the given file. */
    @FunctionalInterface
    private interface CommandWith {
        ToolCommand passwordIn(@Nullable PasswordFile file) throws IOException;
    }

    /** One attempt. Its dumps may be taken at the same time. */
    private final class Attempt {
        private final BackupWriter writer;
        private final @Nullable Secret password;
        private final WorkFolder folder;
        private final Listener listener;
        private long bytes;

        Attempt(BackupWriter writer, @Nullable Secret password, WorkFolder folder, Listener listener) {
            this.writer = writer;
            this.password = password;
            this.folder = folder;
            this.listener = listener;
        }

        void dump(String phase, FilePath path, OutputCheck check, CommandWith command)
                throws IOException, InterruptedException {
            progressed(phase, 0);
            FileSink sink = writer.beginFile(new FileHeader.Regular(path, FILE_MODE, clock.instant()));
            try (PasswordFile file = password == null ? null : PasswordFile.in(folder, password)) {
                new ToolProcess(command.passwordIn(file), limits.ofTool()).run((piece, length) -> {
                    if (check.total() == 0 && file != null) {
                        // It writes only once it has logged in, over its one connection.
                        file.remove();
                    }
                    check.take(piece, length);
                    sink.write(piece, 0, length);
                    progressed(phase, length);
                });
            }
            check.finish();
            sink.finish();
        }

        private synchronized void progressed(String phase, int more) {
            bytes += more;
            listener.progressed(phase, bytes);
        }
    }
}
