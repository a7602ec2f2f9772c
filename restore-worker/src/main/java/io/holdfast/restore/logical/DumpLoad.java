package io.holdfast.restore.logical;

import io.holdfast.events.Failure;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.check.LoadedChecks;
import io.holdfast.runtime.work.WorkFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One dump on its way into one database. For one thread. */
final class DumpLoad {
    private static final int BUFFER = 256 << 10;

    private final LogicalRequest request;
    private final BackupReader backup;
    private final IndexEntry.WithContent dump;
    private final PgRestore program;
    private final DestinationServer server;
    private final WorkFolder folder;
    private final SpoolRoom spool;
    private final RestoreWatch watch;
    private final DumpNeeds needs = new DumpNeeds();
    private @Nullable ChosenEntries chosen;
    private @Nullable Path list;

    DumpLoad(
            LogicalRequest request,
            BackupReader backup,
            IndexEntry.WithContent dump,
            PgRestore program,
            DestinationServer server,
            WorkFolder folder,
            SpoolRoom spool,
            RestoreWatch watch) {
        this.request = request;
        this.backup = backup;
        this.dump = dump;
        this.program = program;
        this.server = server;
        this.folder = folder;
        this.spool = spool;
        this.watch = watch;
    }

    /**
     * Reads what the dump needs of the server, and refuses one that lacks extensions.
     *
     * @param only what of it is loaded; absent: all
     */
    void readNeeds(BackupContent.Logical content, @Nullable ChosenEntries only)
            throws RestoreException, InterruptedException, IOException {
        chosen = only;
        list = only == null ? null : folder.newSecretFile("list", only.list());
        try (InputStream bytes = backup.open(dump)) {
            program.script(bytes, list, needs::scriptLine);
        }
        if (content.globals().isPresent()) {
            IndexEntry.WithContent globals =
                    LogicalRestore.entry(backup, content.globals().get());
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(backup.open(globals), StandardCharsets.UTF_8))) {
                lines.lines().forEach(needs::globalsLine);
            }
        }
        DestinationRequirements.extensions(request.to(), needs.extensions());
    }

    /** Loads and looks. The database must be claimed. */
    LoadedDatabase run(PhaseTimes times, Path passwords) throws RestoreException, InterruptedException, IOException {
        times.begin(RestorePhase.LOAD);
        List<CheckResult> results = new ArrayList<>();
        if (request.jobs() > 1) {
            results.add(new CheckResult("connections that loaded", request.to().database(), inParts(passwords), null));
        } else {
            loadWhole(passwords);
        }
        times.begin(RestorePhase.CHECK);
        watch.progress(RestorePhase.CHECK, 0, null);
        List<String> made = server.rolesMade();
        if (!made.isEmpty()) {
            results.add(new CheckResult("roles made without login", null, String.join(", ", made), null));
        }
        results.addAll(look());
        times.end();
        return new LoadedDatabase(request.to().connectionString(), dump.length(), times.finished(), results);
    }

    private List<CheckResult> look() throws RestoreException, InterruptedException {
        LoadedChecks checks = new LoadedChecks(request.to().database(), request.to()::connect);
        try {
            return chosen == null
                    ? checks.run(needs.tables(), request.checks(), watch)
                    : checks.run(chosen.tables(), request.checks(), watch);
        } catch (RestoreException e) {
            if (!server.keepsLoaded()) {
                throw e;
            }
            Failure found = e.failure();
            throw new RestoreException(
                    found.category(),
                    found.message() + " What was restored stays in database "
                            + request.to().database() + ", which was there before.",
                    found.hint(),
                    e);
        }
    }

    /** Over several connections, if the worker has room for the dump and the database is made for it. */
    private String inParts(Path passwords) throws RestoreException, InterruptedException, IOException {
        return switch (spool.take(folder.path(), dump.length())) {
            case SpoolRoom.Answer.Refused(String why) -> {
                loadWhole(passwords);
                yield "1: " + why;
            }
            case SpoolRoom.Answer.Granted room -> {
                try (room) {
                    yield inParts(passwords, room);
                }
            }
        };
    }

    private String inParts(Path passwords, SpoolRoom.Answer.Granted room)
            throws RestoreException, InterruptedException, IOException {
        DestinationServer.Contents contents = server.prepare(chosen, true, watch);
        server.makeMissing(needs.roles());
        if (contents == DestinationServer.Contents.LOADED) {
            return "an earlier attempt";
        }
        if (!server.isInParts()) {
            stream(passwords);
            return "1: the database was there before, so that it is loaded in one transaction";
        }
        Path file = folder.path().resolve("dump");
        copyTo(file, room.bytes());
        try (PasswordFile password = PasswordFile.of(request.to().password(), passwords)) {
            program.loadInParts(file, list, request.jobs(), request.to(), password.path());
        }
        Files.delete(file);
        server.loaded();
        return Integer.toString(request.jobs());
    }

    private void copyTo(Path file, long most) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        long done = 0;
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (InputStream in = backup.open(dump);
                OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                done += n;
                if (done > most) {
                    throw new RepositoryException.Damaged(
                            "The dump " + dump.path() + " is longer than its index says.",
                            "verify the backup and restore another one.");
                }
                out.write(buffer, 0, n);
                watch.progress(RestorePhase.LOAD, done, dump.length());
                watch.goOn();
            }
        }
    }

    private void loadWhole(Path passwords) throws RestoreException, InterruptedException, IOException {
        DestinationServer.Contents contents = server.prepare(chosen, false, watch);
        server.makeMissing(needs.roles());
        if (contents == DestinationServer.Contents.NOTHING) {
            stream(passwords);
        }
    }

    private void stream(Path passwords) throws RestoreException, InterruptedException, IOException {
        try (InputStream bytes = backup.open(dump);
                PasswordFile password = PasswordFile.of(request.to().password(), passwords)) {
            program.load(
                    bytes,
                    list,
                    request.to(),
                    password.path(),
                    done -> watch.progress(RestorePhase.LOAD, done, dump.length()));
        }
        server.loaded();
    }
}
