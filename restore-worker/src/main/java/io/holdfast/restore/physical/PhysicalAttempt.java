package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
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
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
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
    private final PhaseTimes times;

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
        this.times = new PhaseTimes(clock);
    }

    static long walBytes(WalNeeded wal) {
        return (long) wal.segments().size() * wal.segmentSize();
    }

    /** How files are fetched, whatever the request says beside. */
    static RestoreOptions fetching() {
        return RestoreOptions.defaults()
                .withThreads(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    RestoredCluster run() throws RestoreException, InterruptedException, IOException {
        boolean done = false;
        try {
            RestoredCluster cluster = restore();
            done = true;
            return cluster;
        } finally {
            if (!done) {
                undo();
            }
        }
    }

    private RestoredCluster restore() throws RestoreException, InterruptedException, IOException {
        times.begin(RestorePhase.FETCH);
        RestoreReport fetched = fetch();
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
                RepositoryFailures.damages(fetched.damages()));
    }

    private RestoreReport fetch() throws IOException, RestoreException, InterruptedException {
        long total = backup.manifest().sizes().bytes() + walBytes(content.wal());
        RestoreOptions options =
                fetching().withAcceptDamage(request.acceptDamage()).withRedirects(destination.redirects());
        watch.goOn();
        RestoreReport report = backup.restoreTo(
                destination.dataDirectory(),
                options,
                (files, bytes) -> watch.progress(RestorePhase.FETCH, bytes, total));
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
        claimed.fetched();
        int major = PostgresVersion.ofNumber(content.serverVersion()).major();
        PrivateSocket socket = new PrivateSocket(SocketDirectory.make(places, runAs), port, major);
        FetchedFiles.prepare(
                places.dataDirectory(), new GeneratedConfiguration(control().limits(), port, socket.directory()));
        for (Path each : places.all().reversed()) {
            FileTree.give(each, runAs);
        }
        return socket;
    }

    private ControlFile control() throws RestoreException {
        ControlFile control = ControlFile.of(destination.dataDirectory());
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

    /** Removes what was written; an interrupt waits until that is done. */
    private void undo() throws RestoreException {
        boolean interrupted = Thread.interrupted();
        try {
            server.kill();
            SocketDirectory.remove(destination.places());
            claimed.remove();
        } catch (IOException | InterruptedException e) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    "what the broken-off restore left in " + destination.dataDirectory() + " cannot be removed: "
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
