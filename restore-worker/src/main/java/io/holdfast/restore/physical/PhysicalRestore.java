package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.restore.EncryptedOnly;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.check.ClusterChecks;
import io.holdfast.restore.check.StandbyChecks;
import io.holdfast.restore.cluster.FreePort;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RestoredServer;
import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.cluster.StartedServers;
import io.holdfast.restore.cluster.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Brings a physical backup back: its files into a fresh directory, a server of the same major version on them, recovery to
 * the backup's end, and a look at every database. Needs the repository and the host, nothing else of Holdfast. Several
 * restores may run at once, each in a call of its own.
 */
public final class PhysicalRestore {
    /** Where in the work directory those servers are listed that were started and not stopped. */
    static final String SERVERS = "servers";

    private final RestoreRoots roots;
    private final PostgresInstallations installations;
    private final Programs programs;
    private final @Nullable String runAsUser;
    private final Path workDirectory;
    private final StartedServers started;
    private final Duration patience;
    private final Clock clock;
    private final WalServing serving;
    private final Surroundings surroundings;

    /** As the next, with the usual room for WAL that is served. */
    public PhysicalRestore(
            RestoreRoots roots,
            PostgresInstallations installations,
            Programs programs,
            @Nullable String runAsUser,
            Path workDirectory,
            Duration patience,
            Clock clock) {
        this(roots, installations, programs, runAsUser, workDirectory, patience, clock, WalServing.usual());
    }

    /**
     * @param runAsUser as whom servers run where we are root; absent: {@code postgres}, else {@code nobody}
     * @param workDirectory an existing directory for the repository's reader and the list of started servers
     * @param patience how long a repository may be away before a restore that waits for it fails
     */
    public PhysicalRestore(
            RestoreRoots roots,
            PostgresInstallations installations,
            Programs programs,
            @Nullable String runAsUser,
            Path workDirectory,
            Duration patience,
            Clock clock,
            WalServing serving) {
        this(roots, installations, programs, runAsUser, workDirectory, patience, clock, serving, Surroundings.HOST);
    }

    private PhysicalRestore(
            RestoreRoots roots,
            PostgresInstallations installations,
            Programs programs,
            @Nullable String runAsUser,
            Path workDirectory,
            Duration patience,
            Clock clock,
            WalServing serving,
            Surroundings surroundings) {
        this.surroundings = surroundings;
        this.serving = serving;
        this.roots = roots;
        this.installations = installations;
        this.programs = programs;
        this.runAsUser = runAsUser;
        this.workDirectory = workDirectory;
        this.started = new StartedServers(workDirectory.resolve(SERVERS));
        this.patience = patience;
        this.clock = clock;
    }

    /** The same, writing elsewhere, and with its servers in other surroundings. */
    public PhysicalRestore in(RestoreRoots others, Surroundings other) {
        return new PhysicalRestore(
                others, installations, programs, runAsUser, workDirectory, patience, clock, serving, other);
    }

    /**
     * Restores. If it is stopped, or fails for what may pass, it leaves what it had written to another run with the same
     * request, which goes on with it, or to {@link #discard}. If it fails for good, that is removed again, and nothing else.
     * Where a cluster was before (delta), that is put back if it was kept; otherwise nothing is removed, and the directory stays
     * unfinished.
     *
     * @throws InterruptedException when it was stopped
     */
    public RestoredCluster run(PhysicalRequest request, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        return run(request, watch, usualLook(request));
    }

    /** The same, with another look at the cluster in place of the usual one. */
    public RestoredCluster run(PhysicalRequest request, RestoreWatch watch, ClusterLook look)
            throws RestoreException, InterruptedException {
        return run(request, watch, look, false);
    }

    /**
     * As {@link #run(PhysicalRequest, RestoreWatch)}, but goes on with a restore of the same backup that was broken off in the
     * directory, whoever began it. One in which a server could start is not such a one: it may be in use by now.
     */
    public RestoredCluster runOrGoOn(PhysicalRequest request, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        return run(request, watch, usualLook(request), true);
    }

    private static ClusterLook usualLook(PhysicalRequest request) {
        return request.standby() == null
                ? (socket, superuser, watch) -> new ClusterChecks(socket, superuser).run(request.checks(), watch)
                : (socket, superuser, watch) -> new StandbyChecks(socket, superuser).run(request.checks(), watch);
    }

    private RestoredCluster run(PhysicalRequest request, RestoreWatch watch, ClusterLook look, boolean takesOver)
            throws RestoreException, InterruptedException {
        try {
            BackupReader backup = request.place().read(request.backup());
            if (request.encryptedOnly()) {
                EncryptedOnly.require(backup.manifest());
            }
            BackupContent.Physical content = physical(request, backup);
            int major = PostgresVersion.ofNumber(content.serverVersion()).major();
            PostgresInstallation installation = installations.forServer(major);
            RunAs runAs = RunAs.of(runAsUser, programs);
            Destination destination = Destination.plan(request, roots, content);
            RecoveryPlan plan = new RecoveryPlanner(content.wal(), request.backup()).plan(request.recoverTo());
            Files.createDirectories(destination.parent());
            DestinationLock lock = DestinationLock.of(destination.dataDirectory(), watch);
            try {
                Destination ours = takesOver ? BrokenOff.ofWhoeverBegan(destination) : destination;
                return restore(request, watch, backup, content, ours, installation, runAs, plan, look);
            } finally {
                lock.close();
            }
        } catch (RestoreException e) {
            throw stoppedOr(e);
        } catch (RepositoryException e) {
            throw stoppedOr(RepositoryFailures.of(e));
        } catch (IOException e) {
            throw stoppedOr(cannotWrite(request.dataDirectory(), e));
        }
    }

    /**
     * What {@link #run} would do, and what it would refuse. Writes nothing, and claims nothing: what is so now may be
     * otherwise when it is done.
     */
    public RestorePreview preview(PhysicalRequest request) throws InterruptedException {
        return new Preview(request, host(request, false), serving).make();
    }

    /** What {@link #runOrGoOn} would do, and what it would refuse. */
    public RestorePreview previewOrGoOn(PhysicalRequest request) throws InterruptedException {
        return new Preview(request, host(request, true), serving).make();
    }

    private Preview.Host host(PhysicalRequest request, boolean takesOver) {
        return new Preview.Host() {
            @Override
            public Destination destination(BackupContent.Physical content) throws RestoreException, IOException {
                Destination planned = Destination.plan(request, roots, content);
                return takesOver ? BrokenOff.ofWhoeverBegan(planned) : planned;
            }

            @Override
            public void requireServer(int major) throws RestoreException, InterruptedException {
                installations.forServer(major);
                RunAs.of(runAsUser, programs);
            }

            @Override
            public Fetch fetch(
                    BackupReader backup, BackupContent.Physical content, Destination destination, RecoveryPlan plan) {
                return new Fetch(
                        request,
                        backup,
                        content,
                        destination,
                        workDirectory,
                        new Patience(patience, clock),
                        RestoreWatch.NONE,
                        plan);
            }
        };
    }

    /**
     * Reads every stored byte that {@link #run} is going to need, of the backup and of the log on the way, and compares it
     * with its digest. Changes nothing.
     *
     * @throws RestoreException if anything is missing or damaged
     * @throws InterruptedException when it was stopped
     */
    public void verify(PhysicalRequest request, RestoreWatch watch) throws RestoreException, InterruptedException {
        try {
            BackupReader backup = request.place().read(request.backup());
            BackupContent.Physical content = physical(request, backup);
            RecoveryPlan plan = new RecoveryPlanner(content.wal(), request.backup()).plan(request.recoverTo());
            WalArchive wal = request.place().wal(workDirectory);
            new NeededBytes(
                            backup,
                            content.wal(),
                            backup.manifest().isSealed() ? wal.sealedOnly() : wal,
                            plan,
                            Fetch.options().threads())
                    .verify(watch);
        } catch (RestoreException e) {
            throw stoppedOr(e);
        } catch (RepositoryException e) {
            throw stoppedOr(RepositoryFailures.of(e));
        } catch (IOException e) {
            throw stoppedOr(new RestoreException(
                    FailureCategory.REPOSITORY_UNAVAILABLE,
                    "reading the repository failed: " + e,
                    "see that the repository can be reached.",
                    e));
        }
    }

    static BackupContent.Physical physical(PhysicalRequest request, BackupReader backup) throws RestoreException {
        if (backup.manifest().details().content() instanceof BackupContent.Physical content) {
            return content;
        }
        throw new RestoreException(
                FailureCategory.CONFIGURATION,
                "backup " + request.backup() + " holds dumps, not the files of a cluster.",
                "restore it into a database.");
    }

    private RestoredCluster restore(
            PhysicalRequest request,
            RestoreWatch watch,
            BackupReader backup,
            BackupContent.Physical content,
            Destination destination,
            PostgresInstallation installation,
            RunAs runAs,
            RecoveryPlan plan,
            ClusterLook look)
            throws RestoreException, InterruptedException, IOException {
        RestoredServer server =
                new RestoredServer(installation, destination.places(), runAs, programs, started, surroundings);
        Optional<ClaimedPlaces> leftover = BrokenOff.takeOver(destination, server);
        int port = FreePort.choose(request.port());
        int major = PostgresVersion.ofNumber(content.serverVersion()).major();
        boolean keeps = leftover.isEmpty() && KeptAside.isWanted(request, destination);
        if (leftover.isEmpty() && request.delta()) {
            ExistingCluster.require(destination, major);
        }
        if (keeps) {
            KeptAside.require(destination.places(), major);
        }
        Fetch fetch = new Fetch(
                request, backup, content, destination, workDirectory, new Patience(patience, clock), watch, plan);
        FreeSpace.require(backup, destination, fetch.walBytes() + plan.scratch(serving.room()), keeps);
        if (leftover.isEmpty() && request.delta()) {
            fetch.requireAtHand();
        }
        ClaimedPlaces claimed =
                leftover.isPresent() ? leftover.get() : ClaimedPlaces.claim(destination, request.delta(), keeps);
        return new PhysicalAttempt(
                        request,
                        watch,
                        content,
                        destination,
                        claimed,
                        server,
                        runAs,
                        port,
                        fetch,
                        plan,
                        serving,
                        surroundings,
                        look,
                        clock)
                .run();
    }

    /** Whether an attempt of this restore has begun to write into a directory, and was broken off. */
    public boolean hasBegun(RestoreId restore, String dataDirectory) throws RestoreException {
        try {
            return BrokenOff.hasBegun(restore, roots.admit(dataDirectory));
        } catch (IOException e) {
            throw cannotWrite(dataDirectory, e);
        }
    }

    /**
     * Removes what attempts of a restore left that no other attempt follows. Does nothing where they left nothing. Where a
     * cluster was before the restore (delta), it is put back if it was kept, and stays as it is otherwise: unfinished.
     */
    public void discard(RestoreId restore, String dataDirectory) throws RestoreException {
        Path data = roots.admit(dataDirectory);
        try {
            BrokenOff.discard(restore, data, roots);
        } catch (IOException e) {
            throw cannotWrite(dataDirectory, e);
        }
    }

    /** An interrupt shows itself as an error of whatever was being done. */
    static RestoreException stoppedOr(RestoreException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the restore is to stop");
        }
        return failure;
    }

    static RestoreException cannotWrite(String directory, IOException e) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                "writing below " + directory + " failed: " + e,
                "see that the disk has room and lets the restore-worker write.",
                e);
    }
}
