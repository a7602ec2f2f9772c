package io.holdfast.restore.logical;

import io.holdfast.events.Failure;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.check.LoadedChecks;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

    private final LoadOrder order;
    private final DumpSource dump;
    private final PgRestore program;
    private final DestinationServer server;
    private final WorkFolder folder;
    private final SpoolRoom spool;
    private final RestoreWatch watch;
    private final DumpNeeds needs = new DumpNeeds();
    private @Nullable DumpContents contents;
    private @Nullable ChosenEntries chosen;
    private @Nullable Path list;
    private long streamed;

    DumpLoad(
            LoadOrder order,
            DumpSource dump,
            PgRestore program,
            DestinationServer server,
            WorkFolder folder,
            SpoolRoom spool,
            RestoreWatch watch) {
        this.order = order;
        this.dump = dump;
        this.program = program;
        this.server = server;
        this.folder = folder;
        this.spool = spool;
        this.watch = watch;
    }

    /** What is told as the whole of a dump. */
    static @Nullable Long total(DumpSource dump) {
        return dump.length().isPresent() ? (Long) dump.length().getAsLong() : null;
    }

    /** Reads what the dump needs of the server, and refuses one that lacks extensions. */
    void readNeeds() throws RestoreException, InterruptedException, IOException {
        try (InputStream bytes = open()) {
            program.script(bytes, list, needs::scriptLine);
        }
        needs.hadRoles(dump.roles());
        DestinationRequirements.extensions(order.to(), needs.extensions());
    }

    /**
     * The same for a part of it.
     *
     * @param of the archive's table of contents, from which the part was chosen
     * @param only what of it is loaded
     */
    void readNeeds(DumpContents of, ChosenEntries only) throws RestoreException, InterruptedException, IOException {
        contents = of;
        chosen = only;
        list = folder.newSecretFile("list", only.list());
        readNeeds();
    }

    /** The archive once more. Where entries were chosen by their ids, it must be the very one that they were chosen from. */
    private InputStream open() throws RestoreException, IOException {
        InputStream bytes = dump.open();
        return contents == null ? bytes : contents.requireAt(bytes);
    }

    /** Loads and looks. The database must be claimed. */
    LoadedDatabase run(PhaseTimes times, Path passwords) throws RestoreException, InterruptedException, IOException {
        times.begin(RestorePhase.LOAD);
        List<CheckResult> results = new ArrayList<>();
        if (order.jobs() > 1) {
            results.add(new CheckResult("connections that loaded", order.to().database(), inParts(passwords), null));
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
        return new LoadedDatabase(
                order.to().connectionString(), dump.length().orElse(streamed), times.finished(), results);
    }

    private List<CheckResult> look() throws RestoreException, InterruptedException {
        LoadedChecks checks = new LoadedChecks(order.to().database(), order.to()::connect);
        try {
            return chosen == null
                    ? checks.run(needs.tables(), order.checks(), watch)
                    : checks.run(chosen.tables(), order.checks(), watch);
        } catch (RestoreException e) {
            if (!server.keepsLoaded()) {
                throw e;
            }
            Failure found = e.failure();
            throw new RestoreException(
                    found.category(),
                    found.message() + " What was restored stays in database "
                            + order.to().database() + ", which was there before.",
                    found.hint(),
                    e);
        }
    }

    /** Over several connections, if the worker has room for the dump and the database is made for it. */
    private String inParts(Path passwords) throws RestoreException, InterruptedException, IOException {
        if (dump.length().isEmpty()) {
            loadWhole(passwords);
            return "1: the dump is loaded while it is made";
        }
        return switch (spool.take(folder.path(), dump.length().getAsLong())) {
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
        try (PasswordFile password = PasswordFile.of(order.to().password(), passwords)) {
            program.loadInParts(file, list, order.jobs(), order.to(), password.path());
        }
        Files.delete(file);
        server.loaded();
        return Integer.toString(order.jobs());
    }

    private void copyTo(Path file, long most) throws RestoreException, IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        long done = 0;
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (InputStream in = open();
                OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                done += n;
                if (done > most) {
                    throw new RepositoryException.Damaged(
                            "The dump is longer than its index says.", "verify the backup and restore another one.");
                }
                out.write(buffer, 0, n);
                watch.progress(RestorePhase.LOAD, done, total(dump));
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
        Long total = total(dump);
        try (InputStream bytes = open();
                PasswordFile password = PasswordFile.of(order.to().password(), passwords)) {
            program.load(bytes, list, order.to(), password.path(), done -> {
                streamed = done;
                watch.progress(RestorePhase.LOAD, done, total);
            });
        }
        server.loaded();
    }
}
