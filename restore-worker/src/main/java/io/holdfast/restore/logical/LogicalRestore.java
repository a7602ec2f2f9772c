package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.check.LoadedChecks;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.PostgresVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads a dump into a new or empty database of a running server, all or nothing, and looks at what came of it. Several may
 * run at once, each in a call of its own.
 */
public final class LogicalRestore {
    private final PostgresInstallations installations;
    private final Path workDirectory;
    private final Clock clock;

    /** @param workDirectory an existing directory, for a password while a program needs it */
    public LogicalRestore(PostgresInstallations installations, Path workDirectory, Clock clock) {
        this.installations = installations;
        this.workDirectory = workDirectory;
        this.clock = clock;
    }

    /**
     * Restores. Whatever way it fails or is stopped, what it made is removed again, and nothing else.
     *
     * @throws InterruptedException when it was stopped
     */
    public LoadedDatabase run(LogicalRequest request, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        try {
            return load(request, watch);
        } catch (RestoreException e) {
            throw stoppedOr(e);
        } catch (RepositoryException e) {
            throw stoppedOr(RepositoryFailures.of(e));
        } catch (IOException e) {
            throw stoppedOr(new RestoreException(
                    FailureCategory.TOOL_FAILED,
                    "streaming the dump into pg_restore failed: " + e.getMessage() + ".",
                    "see the restore-worker's log.",
                    e));
        }
    }

    private LoadedDatabase load(LogicalRequest request, RestoreWatch watch)
            throws RestoreException, InterruptedException, IOException {
        BackupReader backup = request.place().read(request.backup());
        if (!(backup.manifest().details().content() instanceof BackupContent.Logical content)) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "backup " + request.backup() + " holds the files of a cluster, not dumps.",
                    "restore it into a directory.");
        }
        IndexEntry.WithContent dump =
                entry(backup, choose(content, request.sourceDatabase()).file());
        PostgresVersion maker = PostgresVersion.ofPlain(content.dumpVersion())
                .orElse(PostgresVersion.ofNumber(content.serverVersion()));
        PostgresInstallation installation = installations.atLeast("pg_restore", maker);
        PgRestore program = new PgRestore(installation, watch);
        watch.progress(RestorePhase.LOAD, 0, dump.length());
        DumpNeeds needs = needs(backup, content, dump, program);
        try (DestinationServer server = new DestinationServer(request.to(), request.restore())) {
            server.require(needs.extensions());
            server.claim(watch);
            return loadOrUndo(request, backup, dump, needs, program, server, watch);
        }
    }

    private LoadedDatabase loadOrUndo(
            LogicalRequest request,
            BackupReader backup,
            IndexEntry.WithContent dump,
            DumpNeeds needs,
            PgRestore program,
            DestinationServer server,
            RestoreWatch watch)
            throws RestoreException, InterruptedException, IOException {
        boolean done = false;
        try {
            LoadedDatabase loaded = load(request, backup, dump, needs, program, server, watch);
            done = true;
            return loaded;
        } finally {
            if (!done) {
                undo(server);
            }
        }
    }

    private LoadedDatabase load(
            LogicalRequest request,
            BackupReader backup,
            IndexEntry.WithContent dump,
            DumpNeeds needs,
            PgRestore program,
            DestinationServer server,
            RestoreWatch watch)
            throws RestoreException, InterruptedException, IOException {
        PhaseTimes times = new PhaseTimes(clock);
        times.begin(RestorePhase.LOAD);
        DestinationServer.Contents contents = server.prepareDatabase(watch);
        List<String> made = server.makeMissing(needs.roles());
        if (contents == DestinationServer.Contents.NOTHING) {
            try (InputStream bytes = backup.open(dump);
                    PasswordFile password = PasswordFile.of(request.to().password(), workDirectory)) {
                program.load(
                        bytes,
                        request.to(),
                        password.path(),
                        done -> watch.progress(RestorePhase.LOAD, done, dump.length()));
            }
        }
        times.begin(RestorePhase.CHECK);
        watch.progress(RestorePhase.CHECK, 0, null);
        List<CheckResult> results = new ArrayList<>();
        if (!made.isEmpty()) {
            results.add(new CheckResult("roles made without login", null, String.join(", ", made), null));
        }
        results.addAll(new LoadedChecks(request.to().database(), request.to()::connect)
                .run(needs.tables(), List.<SqlCheck>copyOf(request.checks()), watch));
        times.end();
        return new LoadedDatabase(request.to().connectionString(), dump.length(), times.finished(), results);
    }

    private static DumpNeeds needs(
            BackupReader backup, BackupContent.Logical content, IndexEntry.WithContent dump, PgRestore program)
            throws RestoreException, InterruptedException, IOException {
        DumpNeeds needs = new DumpNeeds();
        try (InputStream bytes = backup.open(dump)) {
            program.script(bytes, needs::scriptLine);
        }
        if (content.globals().isPresent()) {
            IndexEntry.WithContent globals = entry(backup, content.globals().get());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(backup.open(globals), StandardCharsets.UTF_8))) {
                lines.lines().forEach(needs::globalsLine);
            }
        }
        return needs;
    }

    private static IndexEntry.WithContent entry(BackupReader backup, FilePath path)
            throws RepositoryException, RestoreException {
        if (backup.find(path).orElse(null) instanceof IndexEntry.WithContent found) {
            return found;
        }
        throw new RestoreException(
                FailureCategory.REPOSITORY_DAMAGED,
                "the backup's index has no file " + path + ", which its manifest names.",
                "verify the backup and restore another one.");
    }

    private static DumpedDatabase choose(BackupContent.Logical content, @Nullable String wanted)
            throws RestoreException {
        List<DumpedDatabase> all = content.databases();
        List<DumpedDatabase> matching = wanted == null
                ? all
                : all.stream().filter(each -> each.name().equals(wanted)).toList();
        if (matching.size() == 1) {
            return matching.getFirst();
        }
        throw new RestoreException(
                FailureCategory.CONFIGURATION,
                (wanted == null
                        ? "the request names none of the dumped databases."
                        : "no database " + wanted + " was dumped."),
                "name one of " + all.stream().map(DumpedDatabase::name).toList()
                        + " as source_database (--source-database).");
    }

    private static void undo(DestinationServer server) throws RestoreException {
        boolean interrupted = Thread.interrupted();
        try {
            server.undo();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RestoreException stoppedOr(RestoreException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the restore is to stop");
        }
        return failure;
    }
}
