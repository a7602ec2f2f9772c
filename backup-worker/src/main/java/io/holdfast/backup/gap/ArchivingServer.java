package io.holdfast.backup.gap;

import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SqlSession;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks the servers of a cluster that archives by {@code archive_command} where its log is. Pure but for the servers. */
final class ArchivingServer {
    private static final System.Logger LOG = System.getLogger(ArchivingServer.class.getName());

    /**
     * Works on a primary and on a standby that archives for itself; every role may read this. The time is that of the question's
     * arrival, so what was committed before it does not lie behind the position.
     */
    private static final String QUESTION = """
            select (select system_identifier from pg_control_system()),
                   coalesce(last_archived_wal, ''),
                   case when pg_is_in_recovery() then coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                        else pg_current_wal_flush_lsn() end,
                   extract(epoch from statement_timestamp()),
                   pg_size_bytes(current_setting('wal_segment_size')),
                   case when pg_is_in_recovery() then ''
                        else substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) end
            from pg_stat_archiver""";

    /** A segment, one that a promotion ended, or the note about a backup that began in one. */
    private static final Pattern ARCHIVED = Pattern.compile("([0-9A-F]{24})(\\.partial|\\.[0-9A-F]{8}\\.backup)?");

    private ArchivingServer() {}

    /**
     * Where a server is.
     *
     * @param position its {@code durable} is {@link Lsn#ZERO} where the last file that the server archived does not tell it
     * @param isPrimary whether its time and position belong together: a standby's position may be that of long ago
     */
    record Answer(WalPosition position, boolean isPrimary) {}

    /**
     * Where a cluster is: of several members the primary, of several that take themselves for it the one on the newest timeline.
     *
     * @return empty if none of several is the primary, or a standby alone has archived no segment
     * @throws ReplicationException if nobody is found and somebody does not answer
     */
    static Optional<Answer> ask(String target, SourceCluster cluster) throws ReplicationException {
        List<SourceServer> members = cluster.members();
        if (members.size() == 1) {
            return ask(target, members.getFirst());
        }
        Optional<Answer> found = Optional.empty();
        ReplicationException failure = null;
        for (SourceServer member : members) {
            try {
                Optional<Answer> answer = ask(target, member).filter(Answer::isPrimary);
                if (answer.isPresent() && (found.isEmpty() || isNewer(answer.get(), found.get()))) {
                    found = answer;
                }
            } catch (ReplicationException e) {
                LOG.log(System.Logger.Level.DEBUG, "A member of a cluster does not answer", e);
                failure = e;
            }
        }
        if (found.isEmpty() && failure != null) {
            throw failure;
        }
        return found;
    }

    private static boolean isNewer(Answer one, Answer other) {
        return Integer.compareUnsigned(
                        one.position().timeline(), other.position().timeline())
                > 0;
    }

    private static Optional<Answer> ask(String target, SourceServer server) throws ReplicationException {
        try (SqlSession session = SqlSession.open(server.connection(), server.database(), "holdfast gap watch")) {
            List<@Nullable String> row = session.query(QUESTION).getFirst();
            int segmentSize = Integer.parseInt(String.valueOf(row.get(4)));
            Optional<Archived> last = archived(String.valueOf(row.get(1)), segmentSize);
            String own = String.valueOf(row.get(5));
            if (own.isEmpty() && last.isEmpty()) {
                return Optional.empty();
            }
            int timeline = own.isEmpty() ? last.orElseThrow().timeline() : Integer.parseUnsignedInt(own, 16);
            // What was archived before a promotion says nothing of the timeline after it.
            Lsn durable = last.filter(it -> it.timeline() == timeline)
                    .map(Archived::end)
                    .orElse(Lsn.ZERO);
            return Optional.of(new Answer(
                    new WalPosition(
                            target,
                            String.valueOf(row.get(0)),
                            timeline,
                            Lsn.parse(String.valueOf(row.get(2))),
                            durable,
                            time(String.valueOf(row.get(3)))),
                    !own.isEmpty()));
        }
    }

    /** Up to where everything of a timeline was archived: files are archived in the order of their names. */
    private record Archived(int timeline, Lsn end) {}

    private static Optional<Archived> archived(String file, int segmentSize) {
        Matcher matcher = ARCHIVED.matcher(file);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        WalSegmentName segment = new WalSegmentName(matcher.group(1));
        boolean isWhole = !".partial".equals(matcher.group(2));
        long behind = segment.segmentNumber(segmentSize) + (isWhole ? 1 : 0);
        return Optional.of(new Archived(segment.timeline(), new Lsn(behind * segmentSize)));
    }

    private static Instant time(String seconds) {
        return Instant.EPOCH.plus(new BigDecimal(seconds).movePointRight(6).longValue(), ChronoUnit.MICROS);
    }
}
