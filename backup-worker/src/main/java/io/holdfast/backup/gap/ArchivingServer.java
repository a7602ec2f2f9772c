package io.holdfast.backup.gap;

import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SqlSession;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks a server that archives by {@code archive_command} where it is. Pure but for the server. */
final class ArchivingServer {
    /** Works on a primary and on a standby that archives for itself; every role may read this. */
    private static final String QUESTION = """
            select (select system_identifier from pg_control_system()),
                   coalesce(last_archived_wal, ''),
                   case when pg_is_in_recovery() then coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                        else pg_current_wal_flush_lsn() end,
                   extract(epoch from clock_timestamp()),
                   pg_size_bytes(current_setting('wal_segment_size'))
            from pg_stat_archiver""";

    private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");

    private ArchivingServer() {}

    /** Where the server is; empty if the last file that it archived is not a segment, or it has archived none. */
    static Optional<WalPosition> position(String target, SourceServer server) throws ReplicationException {
        try (SqlSession session = SqlSession.open(server.connection(), server.database(), "holdfast gap watch")) {
            List<@Nullable String> row = session.query(QUESTION).getFirst();
            String archived = String.valueOf(row.get(1));
            if (!SEGMENT.matcher(archived).matches()) {
                return Optional.empty();
            }
            WalSegmentName last = new WalSegmentName(archived);
            int segmentSize = Integer.parseInt(String.valueOf(row.get(4)));
            Lsn durable = new Lsn((last.segmentNumber(segmentSize) + 1) * segmentSize);
            return Optional.of(new WalPosition(
                    target,
                    String.valueOf(row.get(0)),
                    last.timeline(),
                    Lsn.parse(String.valueOf(row.get(2))),
                    durable,
                    time(String.valueOf(row.get(3)))));
        }
    }

    private static Instant time(String seconds) {
        return Instant.EPOCH.plus(new BigDecimal(seconds).movePointRight(6).longValue(), ChronoUnit.MICROS);
    }
}
