package io.holdfast.backup.stream;

import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SqlSession;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.repository.wal.Lsn;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a standby that is received from until when it has what its primary committed. Its own clock says nothing of that: it
 * may be behind, without knowing by how much. In a thread of its own, since a server may take its time to answer.
 */
final class StandbyTimes implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StandbyTimes.class.getName());
    private static final String APPLICATION = "holdfast_times";
    private static final Duration EVERY = Duration.ofSeconds(5);

    /** A transaction takes the time first and writes its commit then, so that another one's may come in between. */
    private static final Duration IN_BETWEEN = Duration.ofSeconds(1);

    /** The time comes before the position, so that the transaction which bears it lies before that. */
    private static final String QUESTION =
            "select extract(epoch from pg_last_xact_replay_timestamp())," + " pg_last_wal_replay_lsn()";

    private final SourceServer server;
    private final StreamedTarget streamed;
    private final StreamState state;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean told;

    private StandbyTimes(SourceServer server, StreamedTarget streamed, StreamState state) {
        this.server = server;
        this.streamed = streamed;
        this.state = state;
    }

    /** Begins, if it is a standby. */
    static StandbyTimes watch(SourceServer server, boolean isStandby, StreamedTarget streamed, StreamState state) {
        StandbyTimes times = new StandbyTimes(server, streamed, state);
        if (isStandby) {
            Thread.ofVirtual().name("wal-times-" + streamed.id()).start(times::run);
        }
        return times;
    }

    private void run() {
        try {
            do {
                look();
            } while (!ended.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try (SqlSession session = SqlSession.open(server.connection(), server.database(), APPLICATION)) {
            sample(session.query(QUESTION).getFirst()).ifPresent(state::replayed);
            told = false;
        } catch (ReplicationException e) {
            LOG.log(
                    told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "Until when the log of {0} is archived is not known: {1} does not say what it has replayed. {2}",
                    streamed.id(),
                    SourceCluster.address(server),
                    e.getMessage());
            told = true;
        }
    }

    /** Nothing before the first commit was replayed, or once it is no standby any more. */
    static Optional<Samples.Sample> sample(List<@Nullable String> row) {
        String seconds = row.get(0);
        String position = row.get(1);
        if (seconds == null || position == null) {
            return Optional.empty();
        }
        Instant committed =
                Instant.EPOCH.plus(new BigDecimal(seconds).movePointRight(6).longValue(), ChronoUnit.MICROS);
        return Optional.of(new Samples.Sample(committed.minus(IN_BETWEEN), Lsn.parse(position)));
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
