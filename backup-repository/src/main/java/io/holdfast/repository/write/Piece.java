package io.holdfast.repository.write;

import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What goes through the pipeline, in the order in which the callers handed it over. */
sealed interface Piece {
    /** A file begins. */
    record Begin(OpenFile file) implements Piece {}

    /**
     * Bytes of a file begun; compressed by the time the future is done.
     *
     * @param lease of the parent's map that they are compared with
     */
    record Frame(
            OpenFile file,
            FrameBuffer buffer,
            Future<List<Stretch>> made,
            @Nullable PartLease lease) implements Piece {}

    /** Whole pages of a file begun that are as in the parent: {@code from} to {@code to}, exclusive, of the part. */
    record Kept(OpenFile file, PartLease lease, int from, int to) implements Piece {}

    /** Whole pages of a file begun that are zeros; they do not reach over a part's end. */
    record Zeros(OpenFile file, int pages) implements Piece {}

    /** A file begun is complete. */
    record Finish(OpenFile file) implements Piece {}

    /** Something without bytes. */
    record Entry(IndexEntry entry) implements Piece {}

    /** Nothing comes behind this. */
    record End() implements Piece {}
}
