package io.holdfast.repository.write;

import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.pack.CompressedFrame;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.util.concurrent.Future;

/** What goes through the pipeline, in the order in which the caller handed it over. */
sealed interface Piece {
    /** A file begins. */
    record Begin(FileHeader header) implements Piece {}

    /** Bytes of the file begun; compressed by the time the future is done. */
    record Frame(FrameBuffer buffer, Future<CompressedFrame> compressed) implements Piece {}

    /** The file begun is complete. */
    record Finish() implements Piece {}

    /** Something without bytes. */
    record Entry(IndexEntry entry) implements Piece {}

    /** Nothing comes behind this. */
    record End() implements Piece {}
}
