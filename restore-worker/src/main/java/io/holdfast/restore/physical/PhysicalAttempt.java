package io.holdfast.restore.physical;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.read.RestoreOptions;
import io.holdfast.repository.read.RestoreReport;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.check.ClusterChecks;
import io.holdfast.restore.cluster.ClusterPlaces;
import io.holdfast.restore.cluster.ControlFile;
import io.holdfast.restore.cluster.GeneratedConfiguration;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.RestoredServer;
import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One restore from the moment when its destination is claimed. For one thread. */
final class PhysicalAttempt {
    private static final int MOST_THREADS = 4;

    private final PhysicalRequest request;
    private final RestoreWatch watch;
    private final BackupReader backup;
    private final BackupContent.Physical content;
    private final Destination destination;
    private final ClaimedPlaces claimed;
    private final RestoredServer server;
    private final RunAs runAs;
    private final int port;
    private final Path workDirectory;
    private final Patience patience;
    private final PhaseTimes times;
    private final AtomicLong fetchedBytes = new AtomicLong();

    PhysicalAttempt(
            PhysicalRequest request,
            RestoreWatch watch,
            BackupReader backup,
            BackupContent.Physical content,
            Destination destination,
            ClaimedPlaces claimed,
            RestoredServer server,
            RunAs runAs,
            int port,
            Path workDirectory,
            Patience patience,
            Clock clock) {
        this.request = request;
        this.watch = watch;
        this.backup = backup;
        this.content = content;
        this.destination = destination;
        this.claimed = claimed;
        this.server = server;
        this.runAs = runAs;
        this.port = port;
        this.workDirectory = workDirectory;
        this.patience = patience;
        this.times = new PhaseTimes(clock);
    }

    /** The files that make a directory look like a cluster that could be started; they come last. */
    private static final FilePath CONTROL = new FilePath(ControlFile.PATH);

    static long walBytes(WalNeeded wal) {
        return (long) wal.segments().size() * wal.segmentSize();
    }

    /** How files are fetched, whatever the request says beside. */
    static RestoreOptions fetching() {
        return RestoreOptions.defaults()
                .withThreads(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    RestoredCluster run() throws RestoreException, InterruptedException, IOException {
        boolean canPass = true;
        boolean done = false;
        try {
            RestoredCluster cluster = restore();
            done = true;
            return cluster;
        } catch (RestoreException e) {
            canPass = e.failure().category().retryable();
            throw claimed.isOver() ? brokenOff(e) : e;
        } catch (RepositoryException e) {
            RestoreException failure = RepositoryFailures.of(e);
            canPass = failure.failure().category().retryable();
            throw claimed.isOver() ? brokenOff(failure) : failure;
        } catch (IOException e) {
            canPass = false;
            throw e;
        } finally {
            if (!done) {
                end(canPass || Thread.currentThread().isInterrupted());
            }
        }
    }

    private RestoreException brokenOff(RestoreException e) {
        Failure failure = new Failure(
                e.failure().category(),
                e.failure().message(),
                e.failure().hint() + " " + destination.dataDirectory()
                        + " is unfinished now, and no server starts on it: restore over it again with --delta, this or"
                        + " another backup.");
        return new RestoreException(failure, e.damages(), e);
    }

    private RestoredCluster restore() throws RestoreException, InterruptedException, IOException {
        times.begin(RestorePhase.FETCH);
        boolean compared = claimed.holdSomething();
        if (compared) {
            claimed.close(runAs);
        }
        RestoreReport fetched = fetch(compared);
        PrivateSocket socket = prepare();
        Recovery recovery = new Recovery(server, destination.dataDirectory().resolve("pg_wal"), socket, content.wal());
        String superuser = recovery.run(request.role(), times, watch);
        times.begin(RestorePhase.CHECK);
        watch.progress(RestorePhase.CHECK, 0, null);
        List<CheckResult> results = new ClusterChecks(socket, superuser).run(request.checks(), watch);
        String connection = leave(socket, superuser);
        times.end();
        return new RestoredCluster(
                destination.dataDirectory(),
                connection,
                fetched.bytes() + walBytes(content.wal()),
                times.finished(),
                results,
                RepositoryFailures.damages(fetched.damages()),
                compared ? comparison(fetched) : null);
    }

    private Comparison comparison(RestoreReport fetched) {
        return new Comparison(
                fetched.kept(), fetched.bytes() - fetched.kept() + walBytes(content.wal()), fetched.removed());
    }

    /** Goes on after the repository was away for a while. */
    private RestoreReport fetch(boolean compared) throws IOException, RestoreException, InterruptedException {
        boolean compare = compared;
        while (true) {
            try {
                watch.goOn();
                return fetchOnce(compare);
            } catch (RepositoryException.Unavailable e) {
                patience.await(
                        e, fetchedBytes.get(), watch, () -> request.place().read(request.backup()));
                compare = true;
            }
        }
    }

    private RestoreReport fetchOnce(boolean compare) throws IOException, RestoreException, InterruptedException {
        long total = backup.manifest().sizes().bytes() + walBytes(content.wal());
        RestoreOptions options = fetching()
                .withAcceptDamage(request.acceptDamage())
                .withRedirects(destination.redirects())
                .withCompared(compare)
                .withHeldBack(Set.of(CONTROL));
        RestoreReport report = backup.restoreTo(destination.dataDirectory(), options, (files, bytes) -> {
            fetchedBytes.accumulateAndGet(bytes, Math::max);
            watch.progress(RestorePhase.FETCH, bytes, total);
        });
        watch.goOn();
        WalFetch.into(
                destination.dataDirectory().resolve("pg_wal"),
                wal(),
                content.wal(),
                bytes -> watch.progress(RestorePhase.FETCH, report.bytes() + bytes, total));
        watch.goOn();
        return report;
    }

    private WalArchive wal() {
        WalArchive archive = request.place().wal(workDirectory);
        return backup.manifest().isSealed() ? archive.sealedOnly() : archive;
    }

    private PrivateSocket prepare() throws IOException, RestoreException {
        ClusterPlaces places = destination.places();
        claimed.noteInside();
        int major = PostgresVersion.ofNumber(content.serverVersion()).major();
        PrivateSocket socket = new PrivateSocket(SocketDirectory.make(places, runAs), port, major);
        FetchedFiles.prepare(
                places.dataDirectory(), new GeneratedConfiguration(control().limits(), port, socket.directory()));
        for (Path each : places.all().reversed()) {
            FileTree.give(each, runAs);
        }
        letStart();
        return socket;
    }

    /** From here on a server can be started: everything is there, durable, and configured. */
    private void letStart() throws IOException {
        Path file = destination.dataDirectory().resolve(ControlFile.PATH);
        Files.move(heldBackControl(), file, StandardCopyOption.ATOMIC_MOVE);
        RestoreMarker.sync(Objects.requireNonNull(file.getParent(), "it lies in a directory"));
        claimed.complete();
    }

    private Path heldBackControl() {
        return destination
                .dataDirectory()
                .resolve(RestoreOptions.heldBackName(CONTROL).value());
    }

    private ControlFile control() throws RestoreException {
        ControlFile control = ControlFile.at(heldBackControl());
        String found = Long.toUnsignedString(control.systemIdentifier());
        if (!found.equals(content.systemIdentifier())) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the files are of cluster " + found + ", the manifest says " + content.systemIdentifier() + ".",
                    "verify the backup and restore another one.");
        }
        return control;
    }

    /** Leaves the server running, and says how to reach it, or stops it. */
    private @Nullable String leave(PrivateSocket socket, String superuser)
            throws RestoreException, InterruptedException, IOException {
        if (request.keepRunning()) {
            return new OperatorConnection(socket, superuser).describe(request.role(), request.database());
        }
        times.begin(RestorePhase.STOP);
        watch.progress(RestorePhase.STOP, 0, null);
        server.stop();
        ClusterPlaces places = destination.places();
        if (!ControlFile.of(places.dataDirectory()).cleanlyStopped()) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the restored server did not stop cleanly.",
                    "see " + places.logFile() + ".");
        }
        SocketDirectory.remove(places);
        return null;
    }

    /**
     * Leaves what was written for another attempt, or removes it; an interrupt waits until that is done.
     *
     * @param canPass whether another attempt may follow
     */
    private void end(boolean canPass) throws RestoreException {
        boolean interrupted = Thread.interrupted();
        try {
            server.kill();
            SocketDirectory.remove(destination.places());
            if (canPass) {
                claimed.leave();
            } else {
                claimed.remove();
            }
        } catch (IOException | InterruptedException e) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    "what the broken-off restore left in " + destination.dataDirectory() + " cannot be cleared up: "
                            + e.getMessage() + ".",
                    "remove it by hand.",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
