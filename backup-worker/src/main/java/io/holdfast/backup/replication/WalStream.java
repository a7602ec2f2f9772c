package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A running START_REPLICATION. One thread calls {@link #next} and {@link #stop}, any the others. A thread of its
 * own reports the confirmed position at intervals and asks for an answer each time, so that a server that has nothing to
 * send is told apart from one that is gone. Positions are confirmed only as durable: the server may drop what it has
 * kept for the slot up to there.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-replication.html#PROTOCOL-REPLICATION-START-REPLICATION">
 *     START_REPLICATION</a>
 */
public final class WalStream implements AutoCloseable {
    private static final Instant EPOCH_2000 = Instant.parse("2000-01-01T00:00:00Z");
    /** How often the server is asked whether it lives, unless somebody wants to know more often. */
    static final Duration LONGEST_INTERVAL = Duration.ofSeconds(10);

    private static final int MOST_QUESTIONS = 100;

    private final ReplicationConnection connection;
    private final InstantSource clock;
    private volatile Lsn confirmed = Lsn.ZERO;
    private final CountDownLatch ended = new CountDownLatch(1);
    private Lsn expected;
    private boolean stopping;
    /** Events that were read, of which all but the last have been taken for good. */
    private long read;

    private volatile long taken;
    /** For each question that is not answered yet, how many events had been taken when it was asked. */
    private final Queue<Long> questions = new ConcurrentLinkedQueue<>();

    private final ReentrantLock asking = new ReentrantLock();

    WalStream(ReplicationConnection connection, Lsn from, InstantSource clock, Duration longestInterval) {
        this.connection = connection;
        this.clock = clock;
        this.expected = from;
        Duration third = connection.link().settings().readTimeout().dividedBy(3);
        Duration interval = third.compareTo(longestInterval) < 0 ? third : longestInterval;
        Thread.ofVirtual().name("wal-status").start(() -> report(interval));
    }

    /**
     * Waits for the next event. After {@link WalEvent.TimelineEnd} or {@link WalEvent.Stopped} the connection is idle
     * again and no more events come.
     */
    public WalEvent next() throws ReplicationException {
        while (true) {
            taken = read;
            FrameReader.Frame frame = connection.link().next();
            switch (frame.type()) {
                case 'd' -> {
                    read++;
                    WalEvent event = event(frame.body());
                    if (!stopping) {
                        return event;
                    }
                }
                case 'c' -> {
                    return end();
                }
                // So says goodbye a server that is shutting down and has sent everything.
                case 'C' ->
                    throw ReplicationException.of(
                            FailureCause.SERVER_INTERRUPTED,
                            "PostgreSQL at " + connection.link().settings().address() + " is shutting down.",
                            "Try again once the server runs.");
                default -> throw connection.link().unexpected(frame, "streaming");
            }
        }
    }

    private WalEvent event(ByteBuffer body) throws ReplicationException {
        byte kind = Fields.byteValue(body);
        return switch (kind) {
            case 'w' -> {
                Lsn start = new Lsn(Fields.longValue(body));
                Lsn serverEnd = new Lsn(Fields.longValue(body));
                Instant serverTime = time(Fields.longValue(body));
                if (!stopping && !start.equals(expected)) {
                    throw ReplicationException.protocol("log from " + start + " where " + expected + " comes next");
                }
                expected = start.plus(body.remaining());
                yield new WalEvent.Data(start, serverEnd, serverTime, body);
            }
            case 'k' -> {
                Lsn serverEnd = new Lsn(Fields.longValue(body));
                Instant serverTime = time(Fields.longValue(body));
                boolean replyRequested = Fields.byteValue(body) != 0;
                yield new WalEvent.Keepalive(serverEnd, serverTime, replyRequested, !replyRequested && isFresh());
            }
            default -> throw ReplicationException.protocol("a piece of the log of unknown kind " + kind);
        };
    }

    // Each question gets one answer, in order; what the server says by itself asks for a reply.
    private boolean isFresh() {
        Long takenWhenAsked = questions.poll();
        if (takenWhenAsked == null) {
            return false;
        }
        return takenWhenAsked == read - 1;
    }

    private static Instant time(long microseconds) {
        return EPOCH_2000.plus(microseconds, ChronoUnit.MICROS);
    }

    private WalEvent end() throws ReplicationException {
        endReports();
        if (stopping) {
            connection.awaitReady();
            return new WalEvent.Stopped();
        }
        connection.link().send('c', new byte[0]);
        Rows next = connection.resultSet();
        connection.awaitReady();
        return new WalEvent.TimelineEnd(Numbers.timeline(next.text(0, 0)), Numbers.lsn(next.text(0, 1)));
    }

    /** Tells the server that all before this position is durable here. */
    public void confirm(Lsn durable) throws ReplicationException {
        confirmed = durable;
        sendStatus(false);
    }

    /** Makes the server say soon how far it is, so that {@link #next} returns. */
    public void askForAnswer() throws ReplicationException {
        sendStatus(true);
    }

    /** Ends the stream in an orderly way; returns when the server has agreed. For the thread that reads. */
    public void stop() throws ReplicationException {
        stopping = true;
        endReports();
        connection.link().send('c', new byte[0]);
        WalEvent last = next();
        while (!(last instanceof WalEvent.Stopped)) {
            last = next();
        }
    }

    /** Stops reporting. The connection is closed by who opened it. */
    @Override
    public void close() {
        endReports();
    }

    private void endReports() {
        // No interrupt: in the middle of sending it would close a local connection.
        ended.countDown();
    }

    private void report(Duration interval) {
        try {
            while (!ended.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                sendStatus(true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ReplicationException e) {
            // The reading thread meets the same broken connection and reports it.
            ended.countDown();
        }
    }

    private void sendStatus(boolean wanted) throws ReplicationException {
        // Questions are noted in the order in which they are sent. Many are open where nobody reads: no more are needed
        // then.
        asking.lock();
        try {
            boolean answer = wanted && questions.size() < MOST_QUESTIONS;
            if (answer) {
                questions.add(taken);
            }
            send(answer);
        } finally {
            asking.unlock();
        }
    }

    private void send(boolean answer) throws ReplicationException {
        long durable = confirmed.value();
        long micros = ChronoUnit.MICROS.between(EPOCH_2000, clock.instant());
        connection
                .link()
                .send(
                        'd',
                        ByteBuffer.allocate(34)
                                .put((byte) 'r')
                                .putLong(durable)
                                .putLong(durable)
                                .putLong(0)
                                .putLong(micros)
                                .put((byte) (answer ? 1 : 0))
                                .array());
    }
}
