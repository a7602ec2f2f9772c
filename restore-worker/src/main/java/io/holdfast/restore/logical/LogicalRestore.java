package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RestoreDestination.Table;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.EncryptedOnly;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads a dump, or schemas or tables of one, into a database of a running server, and looks at what came of it. All or
 * nothing; nothing that is there is overwritten. Several may run at once, each in a call of its own.
 */
public final class LogicalRestore {
    private static final String PG_RESTORE = "pg_restore";

    private final PostgresInstallations installations;
    private final Path workDirectory;
    private final SpoolRoom spool;
    private final Clock clock;

    /** One that spools nothing. */
    public LogicalRestore(PostgresInstallations installations, Path workDirectory, Clock clock) {
        this(installations, workDirectory, 0, clock);
    }

    /**
     * One that may spool dumps.
     *
     * @param workDirectory an existing directory, for a password while a program needs it, and for spooling
     * @param spoolLimit bytes of dumps that may lie there at the same time; 0: none
     */
    public LogicalRestore(PostgresInstallations installations, Path workDirectory, long spoolLimit, Clock clock) {
        this.installations = installations;
        this.workDirectory = workDirectory;
        this.spool = new SpoolRoom(spoolLimit);
        this.clock = clock;
    }

    /**
     * Removes what processes that were killed left in the work directory.
     *
     * @throws IOException if it cannot be read
     */
    public void removeOrphans() throws IOException {
        WorkFolder.removeOrphans(loads());
    }

    private Path loads() {
        return workDirectory.resolve("loads");
    }

    /**
     * Restores. Whatever way it fails or is stopped, what it made is removed again, and nothing else.
     *
     * @throws InterruptedException when it was stopped
     */
    public LoadedDatabase run(LogicalRequest request, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        try {
            StoredDumpSource dump = stored(request);
            return loadFrom(request.order(), dump, watch);
        } catch (RestoreException e) {
            throw stoppedOr(e);
        } catch (RepositoryException e) {
            throw stoppedOr(RepositoryFailures.of(e));
        }
    }

    /**
     * The same with a dump that comes from elsewhere.
     *
     * @throws InterruptedException when it was stopped
     */
    public LoadedDatabase run(LoadOrder order, DumpSource dump, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        try {
            return loadFrom(order, dump, watch);
        } catch (RestoreException e) {
            throw stoppedOr(e);
        }
    }

    /**
     * The tables that a selection means, with partitions, as far as the dump makes them.
     *
     * @throws RestoreException if the dump does not hold what is named
     */
    public static Set<Table> tablesOf(DumpSource dump, Selection selection) throws RestoreException {
        try {
            return ChosenEntries.of(contents(dump), selection, Set.of()).tables();
        } catch (IOException e) {
            throw streamed(e);
        }
    }

    private static RestoreException streamed(IOException e) {
        return new RestoreException(
                FailureCategory.TOOL_FAILED,
                "streaming the dump into pg_restore failed: " + e.getMessage() + ".",
                "see the restore-worker's log.",
                e);
    }

    private LoadedDatabase loadFrom(LoadOrder order, DumpSource dump, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        try {
            return load(order, dump, watch);
        } catch (RepositoryException e) {
            throw RepositoryFailures.of(e);
        } catch (IOException e) {
            throw streamed(e);
        }
    }

    /**
     * Refuses what can be seen to fail before there is a dump: a server that cannot be reached or is too old, a database that
     * is not empty, tables that are there. Changes nothing.
     *
     * @param server the version of the server that is going to be dumped
     * @param maker the version of the {@code pg_dump} that is going to do it
     */
    public void requireFit(LoadOrder order, PostgresVersion server, PostgresVersion maker)
            throws RestoreException, InterruptedException {
        requireVersions(order, server, installations.atLeast(PG_RESTORE, maker));
        try (DestinationServer destination = new DestinationServer(order.to(), order.restore())) {
            destination.requireRoomFor(order.selection());
        }
    }

    private void requireVersions(LoadOrder order, PostgresVersion server, PostgresInstallation installation)
            throws RestoreException, InterruptedException {
        DestinationRequirements.versions(
                order.to(),
                server.major(),
                installations.version(installation, PG_RESTORE).major());
    }

    private static StoredDumpSource stored(LogicalRequest request) throws RestoreException, RepositoryException {
        BackupReader backup = request.place().read(request.backup());
        if (request.encryptedOnly()) {
            EncryptedOnly.require(backup.manifest());
        }
        if (!(backup.manifest().details().content() instanceof BackupContent.Logical content)) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "backup " + request.backup() + " holds the files of a cluster, not dumps.",
                    "restore it into a directory.");
        }
        IndexEntry.WithContent dump =
                entry(backup, choose(content, request.sourceDatabase()).file());
        Optional<IndexEntry.WithContent> globals = content.globals().isPresent()
                ? Optional.of(entry(backup, content.globals().get()))
                : Optional.empty();
        PostgresVersion source = PostgresVersion.ofNumber(content.serverVersion());
        PostgresVersion maker = PostgresVersion.ofPlain(content.dumpVersion()).orElse(source);
        return new StoredDumpSource(backup, dump, globals, source, maker);
    }

    private LoadedDatabase load(LoadOrder order, DumpSource dump, RestoreWatch watch)
            throws RestoreException, InterruptedException, IOException {
        PostgresInstallation installation = installations.atLeast(PG_RESTORE, dump.maker());
        watch.progress(RestorePhase.LOAD, 0, DumpLoad.total(dump));
        try (WorkFolder folder = WorkFolder.below(loads());
                DestinationServer server = new DestinationServer(order.to(), order.restore())) {
            requireVersions(order, dump.server(), installation);
            DumpLoad load = new DumpLoad(order, dump, new PgRestore(installation, watch), server, folder, spool, watch);
            if (order.selection().isAll()) {
                // Reading what the dump needs takes a while, in which nobody has to be kept out.
                load.readNeeds();
                server.claim(watch);
            } else {
                server.claim(watch);
                DumpContents contents = contents(dump);
                load.readNeeds(contents, server.choose(contents, order.selection()));
            }
            return loadOrUndo(load, server);
        }
    }

    private static DumpContents contents(DumpSource dump) throws RestoreException, IOException {
        try (InputStream bytes = dump.open()) {
            return DumpContents.of(bytes);
        }
    }

    private LoadedDatabase loadOrUndo(DumpLoad load, DestinationServer server)
            throws RestoreException, InterruptedException, IOException {
        boolean done = false;
        try {
            LoadedDatabase loaded = load.run(new PhaseTimes(clock), workDirectory);
            done = true;
            return loaded;
        } finally {
            if (!done) {
                undo(server);
            }
        }
    }

    static IndexEntry.WithContent entry(BackupReader backup, FilePath path)
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
