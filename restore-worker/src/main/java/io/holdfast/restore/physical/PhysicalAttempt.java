package io.holdfast.restore.physical;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.restore.RestoreReport;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.ClusterPlaces;
import io.holdfast.restore.cluster.ControlFile;
import io.holdfast.restore.cluster.GeneratedConfiguration;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.RestoredServer;
import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.cluster.Surroundings;
import io.holdfast.restore.replay.StandbyFeed;
import io.holdfast.restore.replay.StandbyWal;
import io.holdfast.restore.replay.WalSpool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One restore from the moment when its destination is claimed. For one thread. */
final class PhysicalAttempt {
    private final PhysicalRequest request;
    private final RestoreWatch watch;
    private final BackupContent.Physical content;
    private final Destination destination;
    private final ClaimedPlaces claimed;
    private final RestoredServer server;
    private final RunAs runAs;
    private final int port;
    private final Fetch fetch;
    private final RecoveryPlan plan;
    private final WalServing serving;
    private final Surroundings surroundings;
    private final ClusterLook look;
    private final Clock clock;
    private final PhaseTimes times;

    PhysicalAttempt(
            PhysicalRequest request,
            RestoreWatch watch,
            BackupContent.Physical content,
            Destination destination,
            ClaimedPlaces claimed,
            RestoredServer server,
            RunAs runAs,
            int port,
            Fetch fetch,
            RecoveryPlan plan,
            WalServing serving,
            Surroundings surroundings,
            ClusterLook look,
            Clock clock) {
        this.request = request;
        this.watch = watch;
        this.content = content;
        this.destination = destination;
        this.claimed = claimed;
        this.server = server;
        this.runAs = runAs;
        this.port = port;
        this.fetch = fetch;
        this.plan = plan;
        this.serving = serving;
        this.surroundings = surroundings;
        this.look = look;
        this.clock = clock;
        this.times = new PhaseTimes(clock);
    }

    RestoredCluster run() throws RestoreException, InterruptedException, IOException {
        times.begin(RestorePhase.FETCH);
        if (claimed.holdSomething()) {
            claimed.close(runAs, major()); // where that is refused, all is as it was
        }
        boolean canPass = true;
        boolean done = false;
        try {
            RestoredCluster cluster = restore();
            done = true;
            return cluster;
        } catch (RestoreException e) {
            canPass = e.failure().category().retryable();
            throw told(e);
        } catch (RepositoryException e) {
            RestoreException failure = RepositoryFailures.of(e);
            canPass = failure.failure().category().retryable();
            throw told(failure);
        } catch (IOException e) {
            canPass = false;
            boolean something = claimed.isOver() || !claimed.kept().isEmpty();
            if (something && !Thread.currentThread().isInterrupted()) {
                throw told(PhysicalRestore.cannotWrite(request.dataDirectory(), e));
            }
            throw e;
        } finally {
            if (!done) {
                end(canPass || Thread.currentThread().isInterrupted());
            }
        }
    }

    /** Says beside what failed what became of the cluster that lay there. */
    private RestoreException told(RestoreException e) {
        List<Path> kept = claimed.kept();
        if (!claimed.isOver() && kept.isEmpty()) {
            return e;
        }
        String there = kept.isEmpty()
                ? " is unfinished now, and no server starts on it: restore over it again with --delta, this or another"
                        + " backup."
                : ": what lay there before is kept as " + kept.getFirst() + " until no attempt of this restore follows,"
                        + " and is put back then.";
        Failure failure = new Failure(
                e.failure().category(),
                e.failure().message(),
                e.failure().hint() + " " + destination.dataDirectory() + there);
        return new RestoreException(failure, e.damages(), e);
    }

    private RestoredCluster restore() throws RestoreException, InterruptedException, IOException {
        RestoreReport fetched = fetch.run(claimed.holdSomething());
        PrivateSocket socket = prepare();
        RecoveredTo recoveredTo;
        String superuser;
        if (request.standby() != null && plan instanceof RecoveryPlan.Along along) {
            StandbyStart standby = follow(request.standby(), along, socket);
            superuser = new Superuser(server, socket).findRunning(request.role());
            recoveredTo = standby.reached(superuser);
        } else {
            recoveredTo = recover();
            superuser = new Superuser(server, socket).find(request.role(), watch);
        }
        times.begin(RestorePhase.CHECK);
        watch.progress(RestorePhase.CHECK, 0, null);
        List<CheckResult> results = look.at(socket, superuser, watch);
        String connection = leave(socket, superuser);
        times.end();
        return new RestoredCluster(
                destination.dataDirectory(),
                connection,
                fetched.bytes() + fetch.walBytes(),
                times.finished(),
                results,
                RepositoryFailures.damages(fetched.damages()),
                claimed.holdSomething() ? comparison(fetched) : null,
                recoveredTo,
                claimed.kept());
    }

    private StandbyStart follow(StandbyWal wal, RecoveryPlan.Along along, PrivateSocket socket)
            throws RestoreException, InterruptedException, IOException {
        try (StandbyFeed feed = serving.feed(destination.dataDirectory(), runAs, wal, clock)) {
            StandbyStart standby = new StandbyStart(
                    server, WalServing.beside(destination.dataDirectory()), along.path(), feed, socket);
            standby.run(times, watch);
            return standby;
        }
    }

    private RecoveredTo recover() throws RestoreException, InterruptedException, IOException {
        ClusterPlaces places = destination.places();
        return switch (plan) {
            case RecoveryPlan.ToBackupsEnd toEnd ->
                new Recovery(server, places, content.wal(), plan, null).run(times, watch);
            case RecoveryPlan.Along along -> {
                try (WalSpool spool = serving.open(destination, runAs, fetch.walSource(along.path()), along.path())) {
                    yield new Recovery(server, places, content.wal(), plan, spool).run(times, watch);
                } finally {
                    WalServing.remove(destination.dataDirectory());
                }
            }
        };
    }

    private Comparison comparison(RestoreReport fetched) {
        return new Comparison(fetched.kept(), fetched.bytes() - fetched.kept() + fetch.walBytes(), fetched.removed());
    }

    private int major() {
        return PostgresVersion.ofNumber(content.serverVersion()).major();
    }

    private PrivateSocket prepare() throws IOException, RestoreException {
        ClusterPlaces places = destination.places();
        claimed.noteInside();
        Optional<Path> given = surroundings.socketDirectory();
        Path directory = given.isPresent() ? given.get() : SocketDirectory.make(places, runAs);
        PrivateSocket socket =
                new PrivateSocket(surroundings.seenFromHere(directory), port, major(), places.dataDirectory());
        FetchedFiles.prepare(
                places.dataDirectory(),
                new GeneratedConfiguration(control().limits(), port, directory, surroundings.hasNetwork()));
        if (request.standby() != null) {
            FetchedFiles.makeStandby(
                    places.dataDirectory(), StandbyFeed.restoreCommand(WalServing.beside(places.dataDirectory())));
        }
        claimed.give(runAs);
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
                .resolve(RestoreOptions.heldBackName(Fetch.CONTROL).value());
    }

    private ControlFile control() throws RestoreException {
        ControlFile control = ControlFile.at(destination.dataDirectory(), heldBackControl());
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
            WalServing.remove(destination.dataDirectory());
            SocketDirectory.remove(destination.places());
            claimed.giveBack(runAs);
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
