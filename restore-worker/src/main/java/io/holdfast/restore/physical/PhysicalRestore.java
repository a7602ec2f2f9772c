package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.FreePort;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.PostgresVersion;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.cluster.RestoredServer;
import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.cluster.StartedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
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
    private final Clock clock;

    /**
     * @param runAsUser as whom servers run where we are root; absent: {@code postgres}, else {@code nobody}
     * @param workDirectory an existing directory for the repository's reader and the list of started servers
     */
    public PhysicalRestore(
            RestoreRoots roots,
            PostgresInstallations installations,
            Programs programs,
            @Nullable String runAsUser,
            Path workDirectory,
            Clock clock) {
        this.roots = roots;
        this.installations = installations;
        this.programs = programs;
        this.runAsUser = runAsUser;
        this.workDirectory = workDirectory;
        this.started = new StartedServers(workDirectory.resolve(SERVERS));
        this.clock = clock;
    }

    /**
     * Restores. Whatever way it fails or is stopped, what it had written is removed again, and nothing else.
     *
     * @throws InterruptedException when it was stopped
     */
    public RestoredCluster run(PhysicalRequest request, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        try {
            BackupReader backup = request.place().read(request.backup());
            if (!(backup.manifest().details().content() instanceof BackupContent.Physical content)) {
                throw new RestoreException(
                        FailureCategory.CONFIGURATION,
                        "backup " + request.backup() + " holds dumps, not the files of a cluster.",
                        "restore it into a database.");
            }
            int major = PostgresVersion.ofNumber(content.serverVersion()).major();
            PostgresInstallation installation = installations.forServer(major);
            RunAs runAs = RunAs.of(runAsUser, programs);
            Destination destination = Destination.plan(
                    request.restore(), roots, request.dataDirectory(), content.tablespaces(), request.tablespaces());
            Files.createDirectories(destination.parent());
            DestinationLock lock = DestinationLock.of(destination.dataDirectory(), watch);
            try {
                return restore(request, watch, backup, content, destination, installation, runAs);
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

    private RestoredCluster restore(
            PhysicalRequest request,
            RestoreWatch watch,
            BackupReader backup,
            BackupContent.Physical content,
            Destination destination,
            PostgresInstallation installation,
            RunAs runAs)
            throws RestoreException, InterruptedException, IOException {
        RestoredServer server = new RestoredServer(installation, destination.places(), runAs, programs, started);
        clean(destination, server);
        int port = FreePort.choose(request.port());
        FreeSpace.require(backup, destination, PhysicalAttempt.walBytes(content.wal()));
        ClaimedPlaces claimed = ClaimedPlaces.claim(destination);
        return new PhysicalAttempt(
                        request,
                        watch,
                        backup,
                        content,
                        destination,
                        claimed,
                        server,
                        runAs,
                        port,
                        workDirectory,
                        clock)
                .run();
    }

    private static void clean(Destination destination, RestoredServer server)
            throws IOException, RestoreException, InterruptedException {
        Optional<ClaimedPlaces> leftover = ClaimedPlaces.leftover(destination);
        if (leftover.isPresent()) {
            server.killLeftover();
            SocketDirectory.remove(destination.places());
            leftover.get().remove();
        }
    }

    /** An interrupt shows itself as an error of whatever was being done. */
    private static RestoreException stoppedOr(RestoreException failure) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the restore is to stop");
        }
        return failure;
    }

    private static RestoreException cannotWrite(String directory, IOException e) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                "writing below " + directory + " failed: " + e,
                "see that the disk has room and lets the restore-worker write.",
                e);
    }
}
