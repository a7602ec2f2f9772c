package io.holdfast.backup.base;

import io.holdfast.backup.replication.BackupStart;
import io.holdfast.backup.replication.BackupStop;
import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SystemIdentity;
import io.holdfast.backup.wal.BackupWal;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes a physical backup of a server, from the first connection to the manifest: the log is kept from before the
 * backup's start and brought until its end; files stream into the repository in one pass; the manifest is created last,
 * and only when everything that it needs is durable. Both connections are closed in every outcome. Safe for use by
 * several threads, each with a backup of its own.
 */
public final class PhysicalBackup {
    private static final System.Logger LOG = System.getLogger(PhysicalBackup.class.getName());
    private static final String APPLICATION = "holdfast";

    private final InstantSource clock;
    private final RandomGenerator random;

    /**
     * A maker of backups.
     *
     * @param random makes the names of slots unlike any others'
     */
    public PhysicalBackup(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** Where a cluster's backups belong; asked once its system identifier is known. */
    @FunctionalInterface
    public interface Places {
        /**
         * The place of a cluster.
         *
         * @param systemIdentifier unsigned
         */
        TargetPlace of(long systemIdentifier) throws RepositoryException;
    }

    /**
     * What was made.
     *
     * @param outcome whether this attempt is the backup now
     * @param details what the manifest says of it
     * @param bytes of all files
     */
    public record Result(CommitOutcome outcome, BackupDetails details, ServerFacts server, long bytes) {}

    /**
     * Makes the backup.
     *
     * @throws ReplicationException for what the server or the connection does; its cause tells the kind
     * @throws RepositoryException for what the repository does
     */
    public Result run(
            ConnectionSettings settings,
            Places places,
            PhysicalBackupOptions options,
            BackupProgress.Listener listener,
            Cancellation cancellation)
            throws IOException {
        Instant startedAt = clock.instant();
        try {
            return make(startedAt, settings, places, options, listener, cancellation);
        } catch (UncertainChangesException e) {
            return makeOfAll(
                    startedAt, settings, places, options, listener, cancellation, String.valueOf(e.getMessage()));
        } catch (RepositoryException.Damaged e) {
            if (!options.incremental() || options.readAllBecause() != null || cancellation.isCancelled()) {
                throw e;
            }
            // Changes alone need all of the parent; of whole files, what is lost in the parent is stored anew.
            return makeOfAll(startedAt, settings, places, options, listener, cancellation, e.what());
        }
    }

    private Result makeOfAll(
            Instant startedAt,
            ConnectionSettings settings,
            Places places,
            PhysicalBackupOptions options,
            BackupProgress.Listener listener,
            Cancellation cancellation,
            String reason)
            throws IOException {
        LOG.log(System.Logger.Level.WARNING, "All files are read: {0}", reason);
        PhysicalBackupOptions whole =
                options.withReadAllBecause(reason).withAttempt(new AttemptId(options.attempt() + "-whole"));
        return make(startedAt, settings, places, whole, listener, cancellation);
    }

    private Result make(
            Instant startedAt,
            ConnectionSettings settings,
            Places places,
            PhysicalBackupOptions options,
            BackupProgress.Listener listener,
            Cancellation cancellation)
            throws IOException {
        try {
            cancellation.throwIfCancelled();
            try (ReplicationConnection base = ReplicationConnection.open(settings, APPLICATION)) {
                cancellation.onCancel(() -> end(base));
                ServerFacts facts = ServerFacts.of(base);
                TargetPlace place = places.of(facts.identity().systemIdentifier());
                WalArchive archive = place.wal(options.walDirectory());
                BegunBackup begun = BegunBackup.of(place, facts.identity(), options);
                try (BackupWriter writer = begun.writer();
                        BackupWal wal = reserve(settings, facts, archive, cancellation)) {
                    cancellation.onCancel(writer::close);
                    Copied copied = copy(base, settings, facts, place, begun, wal, options, listener);
                    requireCovered(archive, copied.content().wal());
                    listener.progressed(new BackupProgress(
                            BackupProgress.Phase.COMMITTING, copied.received().bytes(), null, writer.progress()));
                    cancellation.throwIfCancelled();
                    BackupDetails details = details(options, startedAt, begun, copied);
                    options.beforeCommit().run();
                    return new Result(
                            writer.commit(details),
                            details,
                            facts,
                            copied.received().bytes());
                }
            }
        } catch (IOException | RuntimeException e) {
            // Whatever broke because of the cancellation, the cancellation is the reason.
            if (cancellation.isCancelled()) {
                throw Cancellation.failure(e);
            }
            throw e;
        }
    }

    /** Closes the connection, then asks the server to stop what it was doing there. */
    private static void end(ReplicationConnection connection) {
        connection.close();
        Thread.ofVirtual().name("cancel-request").start(() -> {
            try {
                connection.cancel();
            } catch (ReplicationException e) {
                // Without the request the server notices the closed connection when it next sends.
                LOG.log(System.Logger.Level.DEBUG, "The server could not be asked to cancel.", e);
            }
        });
    }

    private BackupWal reserve(
            ConnectionSettings settings, ServerFacts facts, WalArchive archive, Cancellation cancellation)
            throws IOException {
        ReplicationConnection connection = ReplicationConnection.open(settings, APPLICATION + "-wal");
        try {
            cancellation.onCancel(connection::close);
            SystemIdentity identity = connection.identifySystem();
            if (identity.systemIdentifier() != facts.identity().systemIdentifier()) {
                throw ReplicationException.of(
                        FailureCause.CONFIGURATION,
                        "Two connections to " + settings.address() + " led to two different clusters.",
                        "Name the server itself, not an address that is shared between servers.");
            }
            String slot = "holdfast_" + HexFormat.of().toHexDigits(random.nextLong());
            return BackupWal.reserve(connection, archive, slot, clock);
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** What was copied, and what it needs. */
    private record Copied(StartedCopy copy, BaseBackup.Received received, BackupContent.Physical content) {}

    private Copied copy(
            ReplicationConnection base,
            ConnectionSettings settings,
            ServerFacts facts,
            TargetPlace place,
            BegunBackup begun,
            BackupWal wal,
            PhysicalBackupOptions options,
            BackupProgress.Listener listener)
            throws IOException {
        BackupWriter writer = begun.writer();
        listener.progressed(new BackupProgress(BackupProgress.Phase.STARTING, 0, null, writer.progress()));
        try {
            StartedCopy copy = StartedCopy.begin(base, settings, facts, place, begun, options, clock);
            BackupStart start = copy.stream().start();
            wal.begin(start, base::close);
            BaseBackup.Received received = new BaseBackup(
                            copy.stream(),
                            facts,
                            writer,
                            copy.method() == BackupMethod.SERVER_INCREMENTAL,
                            options.writer().workDirectory(),
                            sent -> listener.progressed(new BackupProgress(
                                    BackupProgress.Phase.COPYING, sent, start.estimatedBytes(), writer.progress())))
                    .run();
            base.quit();
            BackupStop stop = received.stop();
            if (stop.timeline() != start.timeline()) {
                throw promoted();
            }
            listener.progressed(new BackupProgress(
                    BackupProgress.Phase.FINISHING_WAL, received.bytes(), start.estimatedBytes(), writer.progress()));
            wal.await(stop.stopLsn(), options.lastSegmentPatience());
            return new Copied(copy, received, content(facts, start, stop));
        } catch (ReplicationException e) {
            // Where the log failed, it closed this connection: its failure is the reason.
            wal.throwIfFailed();
            boolean standbyNoMore = facts.standby() && !base.isStandby();
            throw standbyNoMore && e.failure() == FailureCause.CONFIGURATION ? promoted() : e;
        }
    }

    private static ReplicationException promoted() {
        return ReplicationException.of(
                FailureCause.TIMELINE_ENDED,
                "The source was promoted in mid-backup.",
                "Begin the backup again, on the server's new timeline.");
    }

    private static BackupContent.Physical content(ServerFacts facts, BackupStart start, BackupStop stop) {
        // A tablespace within the data directory itself has a relative location and needs no mapping.
        List<BackupContent.Tablespace> tablespaces = start.tablespaces().stream()
                .filter(tablespace -> tablespace.location().startsWith("/"))
                .map(tablespace -> new BackupContent.Tablespace(tablespace.oid(), tablespace.location()))
                .toList();
        return new BackupContent.Physical(
                Long.toUnsignedString(facts.identity().systemIdentifier()),
                facts.versionNumber(),
                new WalNeeded(start.timeline(), start.startLsn(), stop.stopLsn(), facts.walSegmentSize()),
                tablespaces,
                Optional.of(BaseBackup.MANIFEST));
    }

    private static void requireCovered(WalArchive archive, WalNeeded wal) throws RepositoryException {
        List<WalSegmentName> missing = archive.covers(wal.timeline(), wal.startLsn(), wal.stopLsn(), wal.segmentSize());
        if (!missing.isEmpty()) {
            throw new RepositoryException.Damaged(
                    "The log from " + wal.startLsn() + " to " + wal.stopLsn() + " was stored, but the repository lacks "
                            + missing + ".",
                    "Check whether something else removes objects there; then run the backup again.");
        }
    }

    private BackupDetails details(PhysicalBackupOptions options, Instant startedAt, BegunBackup begun, Copied copied) {
        Map<String, String> labels = new HashMap<>(options.labels());
        if (options.incremental()) {
            labels.put(BackupMethod.LABEL, copied.copy().method().wireName());
            copied.copy().reason().ifPresent(reason -> labels.put(BackupMethod.REASON_LABEL, reason));
        }
        return new BackupDetails(
                begun.parent().isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                begun.parent().map(BackupManifest::backup),
                startedAt,
                // The clock may have been set back meanwhile.
                Collections.max(List.of(startedAt, clock.instant())),
                copied.content(),
                copied.received().exceptions(),
                labels);
    }
}
