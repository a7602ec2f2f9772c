package io.holdfast.backup.base;

import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.WalEvent;
import io.holdfast.backup.replication.WalStream;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalComparison;
import io.holdfast.repository.window.Moment;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.WalPart;
import io.holdfast.repository.window.WindowBase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Whether a server's log is the one that led to an earlier backup and on from it. A server that was set back, such as by a
 * snapshot, bears the same identifier and timeline and has another history; what it knows to have changed since then is not
 * all that differs. So the newest of what is stored behind the backup is compared with what the server still has: what goes
 * on from the one without a gap and is the other's is of one history. For one thread; the connection is idle before and after.
 */
final class HistoryCheck {
    private static final System.Logger LOG = System.getLogger(HistoryCheck.class.getName());

    /** Bytes after which no older log is looked at. */
    private static final int ENOUGH = 64 << 10;

    /**
     * Bytes that do where the server has no older log: it gives that up behind a checkpoint alone, so what comes behind bears
     * a time of its own.
     */
    private static final int LEAST = 8 << 10;

    /** Segments that are looked at, at most. */
    private static final int MOST = 4;

    /** Answers without log, some seconds each, after which none is waited for any longer. */
    private static final int SILENT = 3;

    private final ReplicationConnection connection;
    private final ServerFacts facts;
    private final TargetPlace place;
    private final WalArchive archive;
    private final InstantSource clock;

    /** @param folder an existing one, for log while it streams in */
    HistoryCheck(
            ReplicationConnection connection, ServerFacts facts, TargetPlace place, Path folder, InstantSource clock) {
        this.connection = connection;
        this.facts = facts;
        this.place = place;
        this.archive = place.wal(folder);
        this.clock = clock;
    }

    /**
     * Why a server must not be asked for what has changed since a backup; empty if its log was found to be the same.
     *
     * @throws ReplicationException if the connection is lost
     * @throws RepositoryException if the repository does not answer
     */
    Optional<String> whyNot(BackupManifest parent) throws IOException {
        WindowBase base = WindowBase.of(parent).orElseThrow();
        int timeline = facts.identity().timeline();
        try {
            if (timeline != 1) {
                archive.putHistory(
                        timeline, connection.timelineHistory(timeline).content());
            }
            RecoveryWindow window = place.window().read();
            Optional<Lsn> end = window.end(timeline, parent.backup()).map(Moment::lsn);
            if (end.isEmpty()) {
                return unknown(parent, "no stored log leads from there to the server's timeline");
            }
            Lsn position = facts.identity().position();
            Lsn until = end.get().compareTo(position) < 0 ? end.get() : position;
            if (until.compareTo(base.wal().stopLsn()) < 0) {
                return unknown(parent, "the server is not as far yet");
            }
            return compare(parent, base.wal().stopLsn(), window.parts(timeline, base, until));
        } catch (RepositoryException.Conflict e) {
            return e.isOfContent()
                    ? Optional.of("the server has another history than the backup " + parent.backup() + ": " + e.what())
                    : unknown(parent, e.what());
        } catch (RepositoryException.Damaged | RepositoryException.NotFound | RepositoryException.Denied e) {
            // Such as an old backup that was sealed under a key that is gone: whatever cannot be looked at shows
            // nothing.
            return unknown(parent, e.what());
        }
    }

    private Optional<String> compare(BackupManifest parent, Lsn stop, List<WalPart> parts) throws IOException {
        int compared = 0;
        int looks = 0;
        for (WalPart part : parts.reversed()) {
            long first = part.from().segmentNumber(facts.walSegmentSize());
            for (long number = part.to().plus(-1).segmentNumber(facts.walSegmentSize());
                    number >= first && looks < MOST;
                    number--) {
                Lsn begin = new Lsn(number * facts.walSegmentSize());
                int available = (int) Math.min(facts.walSegmentSize(), part.to().minus(begin));
                WalComparison comparison =
                        archive.comparison(part.timeline(), number, facts.walSegmentSize(), available);
                if (comparison.wanted() == 0) {
                    continue;
                }
                // The newest has to lie behind the backup; what comes before that only makes it more certain.
                if (compared == 0 && begin.plus(comparison.wanted()).compareTo(stop) < 0) {
                    return unknown(parent, "nothing of the log behind it is stored that the server has, too");
                }
                looks++;
                if (!receive(begin, part.timeline(), comparison)) {
                    return compared >= LEAST
                            ? Optional.empty()
                            : unknown(parent, "the server no longer has log that is stored");
                }
                compared += comparison.compared();
                if (compared >= ENOUGH) {
                    return Optional.empty();
                }
            }
        }
        return compared >= LEAST ? Optional.empty() : unknown(parent, "too little of the log is stored");
    }

    /** Whether the server has what is to be compared. */
    private boolean receive(Lsn begin, int timeline, WalComparison comparison) throws IOException {
        try (WalStream stream = connection.readLog(begin, timeline, clock)) {
            boolean goesOn = true;
            try {
                int taken = 0;
                int silent = 0;
                while (taken < comparison.wanted() && silent < SILENT) {
                    switch (stream.next()) {
                        case WalEvent.Data data -> {
                            int length = Math.min(data.bytes().remaining(), comparison.wanted() - taken);
                            comparison.take(
                                    data.bytes().array(),
                                    data.bytes().arrayOffset() + data.bytes().position(),
                                    length);
                            taken += length;
                            silent = 0;
                        }
                        case WalEvent.Keepalive ignored -> silent++;
                        case WalEvent.TimelineEnd ignored -> {
                            goesOn = false;
                            return false;
                        }
                        case WalEvent.Stopped ignored -> throw new IllegalStateException("nobody asked for the end");
                    }
                }
                return taken == comparison.wanted();
            } catch (ReplicationException e) {
                goesOn = false;
                throw e;
            } finally {
                if (goesOn) {
                    stream.stop();
                }
            }
        } catch (ReplicationException e) {
            if (e.serverError().isEmpty()) {
                throw e;
            }
            LOG.log(System.Logger.Level.DEBUG, "The server does not have what is stored: {0}", e.summary());
            return false;
        }
    }

    private static Optional<String> unknown(BackupManifest parent, String why) {
        return Optional.of(
                "nothing shows that the server has the history of the backup " + parent.backup() + ": " + why);
    }
}
