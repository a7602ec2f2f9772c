package io.holdfast.backup.base;

import io.holdfast.backup.replication.BaseBackupStream;
import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SqlSession;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.wal.Lsn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * A base backup that the server has begun to send: only what has changed since the parent where it can tell, and is known
 * to be the server that the parent is of; else all.
 *
 * @param reason why no better method is used
 */
record StartedCopy(BaseBackupStream stream, BackupMethod method, Optional<String> reason) {
    private static final System.Logger LOG = System.getLogger(StartedCopy.class.getName());

    /** The first versions whose incrementals were seen to be right but for what was cut, by major version. Later majors have them all. */
    private static final Map<Integer, Integer> SAFE = Map.of(17, 170_011, 18, 180_006);

    private static final int FIRST_MAJOR = 17;
    private static final int PER_MAJOR = 10_000;

    /**
     * Begins it; what the server refuses as an incremental is begun anew as a whole.
     *
     * @throws UncertainChangesException if it has begun, and what it sends cannot be relied on
     */
    static StartedCopy begin(
            ReplicationConnection connection,
            ConnectionSettings settings,
            ServerFacts facts,
            TargetPlace place,
            BegunBackup begun,
            PhysicalBackupOptions options,
            InstantSource clock)
            throws IOException {
        Optional<String> reason = begun.reason();
        if (begun.parent().isPresent()) {
            BackupManifest parent = begun.parent().get();
            reason = whyNot(connection, facts, begun, options);
            if (reason.isEmpty()) {
                reason = new HistoryCheck(connection, facts, place, options.walDirectory(), clock).whyNot(parent);
            }
            if (reason.isEmpty()) {
                try (SqlSession session = SqlSession.open(settings, options.database(), "holdfast")) {
                    CutRelations cut =
                            CutRelations.since(session, facts.identity().timeline(), startOf(parent));
                    LOG.log(System.Logger.Level.DEBUG, "{0} relations come whole, since they were cut", cut.count());
                    upload(connection, place.read(parent.backup()), cut, options.walDirectory());
                    BaseBackupStream stream = connection.baseBackup(options.command(true));
                    requireNoDoubt(cut, session, stream);
                    return new StartedCopy(stream, BackupMethod.SERVER_INCREMENTAL, Optional.empty());
                } catch (CutRelations.TooManyException e) {
                    reason = Optional.of(String.valueOf(e.getMessage()));
                } catch (ReplicationException e) {
                    if (e.serverError().isEmpty()) {
                        throw e;
                    }
                    // The session goes on behind an error of the server.
                    reason = Optional.of(e.summary());
                } catch (RepositoryException.Unavailable | RepositoryException.Full e) {
                    throw e;
                } catch (RepositoryException e) {
                    // Lost or damaged since the comparison with it began.
                    reason = Optional.of(e.what());
                }
                LOG.log(System.Logger.Level.INFO, "All files are compared with the parent: {0}", reason.get());
            }
        }
        return new StartedCopy(connection.baseBackup(options.command(false)), begun.method(), reason);
    }

    private static Lsn startOf(BackupManifest parent) {
        if (parent.details().content() instanceof BackupContent.Physical physical) {
            return physical.wal().startLsn();
        }
        throw new IllegalArgumentException("The backup " + parent.backup() + " is not physical");
    }

    /** Files are on their way by now, so that nothing else can be asked for on that connection. */
    private static void requireNoDoubt(CutRelations cut, SqlSession session, BaseBackupStream stream)
            throws UncertainChangesException {
        Optional<String> doubt;
        try {
            doubt = cut.doubt(session, stream.start().startLsn());
        } catch (ReplicationException e) {
            doubt = Optional.of(e.summary());
        } catch (CutRelations.TooManyException e) {
            doubt = Optional.of(String.valueOf(e.getMessage()));
        }
        if (doubt.isPresent()) {
            throw new UncertainChangesException(doubt.get());
        }
    }

    private static Optional<String> whyNot(
            ReplicationConnection connection, ServerFacts facts, BegunBackup begun, PhysicalBackupOptions options)
            throws ReplicationException {
        int major = facts.versionNumber() / PER_MAJOR;
        String other = options.readAllBecause();
        if (other != null) {
            return Optional.of(other);
        }
        if (major < FIRST_MAJOR) {
            return Optional.of("PostgreSQL " + major + " cannot tell what has changed");
        }
        if (facts.versionNumber() < SAFE.getOrDefault(major, 0)) {
            return Optional.of("PostgreSQL " + major + "." + facts.versionNumber() % PER_MAJOR
                    + " is not known to tell all that has changed");
        }
        if (!connection.show("summarize_wal").equals("on")) {
            return Optional.of("summarize_wal is off");
        }
        return begun.writer().wantsAllPages();
    }

    private static void upload(ReplicationConnection connection, BackupReader parent, CutRelations cut, Path folder)
            throws IOException {
        Path spooled = Files.createTempFile(folder, "holdfast-upload-", "");
        try {
            UploadedManifest.write(parent, cut, spooled);
            try (InputStream in = Files.newInputStream(spooled)) {
                connection.uploadManifest(in);
            }
        } finally {
            Files.delete(spooled);
        }
    }
}
