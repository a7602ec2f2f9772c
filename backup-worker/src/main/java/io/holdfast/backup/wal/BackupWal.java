package io.holdfast.backup.wal;

import io.holdfast.backup.replication.BackupStart;
import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.WalStream;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Brings the write-ahead log that a base backup needs into the repository while the backup runs, over a connection of its
 * own: {@link #reserve} before the backup starts, {@link #begin} once its start is known, {@link #await} once its end is.
 * The slot that keeps the log is temporary and vanishes with the connection.
 *
 * <p>A primary ends the last segment itself when a backup ends. A standby cannot: where the segment does not fill up in
 * time, what there is of it is kept as an increment.
 *
 * <p>For one thread, but for {@link #close}.
 */
public final class BackupWal implements AutoCloseable {
    /** Storing one segment may take its time. */
    private static final long LONGEST_STANDSTILL_MILLIS = 300_000;

    private final ReplicationConnection connection;
    private final WalArchive archive;
    private final String slot;
    private final int segmentSize;
    private final InstantSource clock;
    private final CompletableFuture<Lsn> durable = new CompletableFuture<>();
    private @Nullable WalReceiver receiver;
    private volatile @Nullable Thread thread;

    private BackupWal(
            ReplicationConnection connection, WalArchive archive, String slot, int segmentSize, InstantSource clock) {
        this.connection = connection;
        this.archive = archive;
        this.slot = slot;
        this.segmentSize = segmentSize;
        this.clock = clock;
    }

    /**
     * Makes the server keep its log from now on.
     *
     * @param connection is taken over, and closed with this
     * @param slot a name that nobody else on the server uses
     */
    public static BackupWal reserve(
            ReplicationConnection connection, WalArchive archive, String slot, InstantSource clock)
            throws ReplicationException {
        int segmentSize = connection.walSegmentSize();
        connection.createTemporarySlot(slot);
        return new BackupWal(connection, archive, slot, segmentSize, clock);
    }

    /**
     * Begins to receive in a thread of its own, from the segment on that holds the backup's start. The timeline's history
     * is kept as well.
     *
     * @param onFailure called from that thread where the log cannot be brought, so that the backup need not run to its end
     */
    public void begin(BackupStart start, Runnable onFailure) throws IOException {
        int timeline = start.timeline();
        if (timeline != 1) {
            archive.putHistory(timeline, connection.timelineHistory(timeline).content());
        }
        Lsn from = start.startLsn().plus(-start.startLsn().segmentOffset(segmentSize));
        WalStream stream = connection.startReplication(slot, from, timeline, clock);
        WalReceiver begun = new WalReceiver(stream, archive, timeline, from, segmentSize);
        receiver = begun;
        // A platform thread, since finishing a segment compresses it.
        thread = Thread.ofPlatform().daemon().name("backup-wal").start(() -> receive(begun, stream, onFailure));
    }

    private void receive(WalReceiver begun, WalStream stream, Runnable onFailure) {
        try (stream) {
            durable.complete(begun.run());
            stream.stop();
        } catch (IOException | RuntimeException e) {
            fail(e, onFailure);
        } catch (Error e) {
            // Nobody else hears of it: whoever waits for the log would wait for ever.
            fail(e, onFailure);
            throw e;
        }
    }

    // After everything is durable, an end that is not orderly harms nothing: then this is without effect.
    private void fail(Throwable cause, Runnable onFailure) {
        if (durable.completeExceptionally(cause)) {
            onFailure.run();
        }
    }

    /**
     * Waits until everything up to the backup's end is durable in the repository.
     *
     * @param patience how long the last segment may take to fill up, before a part of it is kept; and for how long
     *     nothing may arrive then, but at least five minutes
     * @return up to where the log is durable, at least {@code stop}
     */
    public Lsn await(Lsn stop, Duration patience) throws IOException {
        WalReceiver begun = receiver;
        if (begun == null) {
            throw new IllegalStateException("the log is awaited before it was begun");
        }
        try {
            begun.stopAt(stop);
            try {
                return durable.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                begun.settleForIncrement();
                return awaitWhileItGoesOn(begun, Math.max(patience.toMillis(), LONGEST_STANDSTILL_MILLIS));
            }
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ReplicationException.of(
                    FailureCause.CANCELLED,
                    "Waiting for the write-ahead log was interrupted.",
                    "Run the backup again when it is wanted.",
                    e);
        }
    }

    private Lsn awaitWhileItGoesOn(WalReceiver begun, long millis)
            throws ReplicationException, InterruptedException, ExecutionException {
        while (true) {
            Lsn before = begun.received();
            try {
                return durable.get(millis, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (begun.received().equals(before)) {
                    throw ReplicationException.of(
                            FailureCause.SERVER_INTERRUPTED,
                            "The write-ahead log that the backup needs came to a standstill at " + before + ".",
                            "Look at the server's load, the network and the repository; then run the backup again.",
                            e);
                }
            }
        }
    }

    /**
     * Why the log could not be brought, if that is known by now.
     *
     * @throws IOException the failure
     */
    public void throwIfFailed() throws IOException {
        if (durable.isCompletedExceptionally()) {
            throw failure(durable.exceptionNow());
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case IOException known -> known;
            case RuntimeException fault -> throw fault;
            case null, default -> new IOException("the write-ahead log could not be brought", cause);
        };
    }

    /** Ends receiving and the connection; returns when nothing is written any more. */
    @Override
    public void close() {
        connection.close();
        Thread receiving = thread;
        if (receiving == null || receiving.equals(Thread.currentThread())) {
            return;
        }
        receiving.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                receiving.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
