package io.holdfast.repository.write;

import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What goes through the pipeline, in the order in which the caller handed it over. */
sealed interface Piece {
    /**
     * A file begins.
     *
     * @param parentMaps those that the parent has of it, which need not be stored again
     */
    record Begin(FileHeader header, List<MapReference> parentMaps) implements Piece {}

    /**
     * Bytes of the file begun; compressed by the time the future is done.
     *
     * @param lease of the parent's map that they are compared with
     */
    record Frame(
            FrameBuffer buffer,
            Future<List<Stretch>> made,
            @Nullable PartLease lease) implements Piece {}

    /** Whole pages of the file begun that are as in the parent: {@code from} to {@code to}, exclusive, of the part. */
    record Kept(PartLease lease, int from, int to) implements Piece {}

    /** Whole pages of the file begun that are zeros; they do not reach over a part's end. */
    record Zeros(int pages) implements Piece {}

    /** The file begun is complete. */
    record Finish() implements Piece {}

    /** Something without bytes. */
    record Entry(IndexEntry entry) implements Piece {}

    /** Nothing comes behind this. */
    record End() implements Piece {}
}
