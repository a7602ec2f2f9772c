package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;
import java.nio.ByteBuffer;
import java.time.Instant;

/** What comes out of a stream of the write-ahead log. */
public sealed interface WalEvent {
    /**
     * A piece of the log. Pieces follow one another without gaps, and none crosses the bound of a segment.
     *
     * @param start position of the first byte
     * @param serverEnd how far the server's log reaches
     * @param serverTime when that was so, by the server's clock
     * @param bytes valid until the next event is asked for
     */
    record Data(Lsn start, Lsn serverEnd, Instant serverTime, ByteBuffer bytes) implements WalEvent {}

    /**
     * Nothing new up to here; the server lives.
     *
     * @param serverEnd how far it has sent its log
     * @param serverTime when that was so, by the server's clock
     * @param replyRequested whether to {@link WalStream#confirm} at once what is durable. A server that is shutting down
     *     asks, and waits until all that it has sent is confirmed
     * @param fresh whether it answers a question that was asked when all that was sent before had been taken, so that it
     *     waited behind nothing: in a full connection the server goes on answering with what it had sent until then
     */
    record Keepalive(Lsn serverEnd, Instant serverTime, boolean replyRequested, boolean fresh) implements WalEvent {}

    /** The timeline ends: the source was promoted, or follows another one now. */
    record TimelineEnd(int nextTimeline, Lsn nextStart) implements WalEvent {}

    /** The end that was asked for by {@link WalStream#stop}. */
    record Stopped() implements WalEvent {}
}
