package io.holdfast.repository.write;

import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.CompressedFrame;
import io.holdfast.repository.pack.FrameCodec;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Makes frames of a buffer's pages: one of all of them, or with a parent only of those that have changed. Pure. */
final class FrameMaker {
    /** Of so many changed pages on, a buffer is made anew as a whole; docs/decisions/0070 has the numbers. */
    static final int WHOLE_FROM = 13;

    private FrameMaker() {}

    /** All pages as one frame. */
    static List<Stretch> whole(FrameCodec codec, FrameBuffer buffer) {
        CompressedFrame frame = codec.compress(buffer.plain, 0, buffer.length, buffer.stored, 0);
        return List.of(new Stretch.Made(frame, 0, buffer.length));
    }

    /**
     * Frames of the pages that are not as in the parent.
     *
     * @param firstPage of the buffer within the part
     * @param threshold a buffer of which at least so many pages have changed is made anew as a whole
     */
    static List<Stretch> changed(
            FrameCodec codec, FrameBuffer buffer, ParentPart parent, int firstPage, int threshold) {
        int pages = (buffer.length + FrameReference.PAGE - 1) / FrameReference.PAGE;
        BitSet changed = new BitSet(pages);
        for (int page = 0; page < pages; page++) {
            int start = page * FrameReference.PAGE;
            int length = Math.min(FrameReference.PAGE, buffer.length - start);
            changed.set(
                    page,
                    !parent.holds(
                            firstPage + page,
                            codec.hash(buffer.plain, page, buffer.length),
                            length,
                            FrameCodec.isZero(buffer.plain, start, length)));
        }
        if (changed.cardinality() >= threshold) {
            return whole(codec, buffer);
        }
        List<Stretch> stretches = new ArrayList<>();
        int at = 0;
        for (int page = 0; page < pages; ) {
            boolean anew = changed.get(page);
            int next = anew ? changed.nextClearBit(page) : changed.nextSetBit(page);
            int end = next < 0 || next > pages ? pages : next;
            int start = page * FrameReference.PAGE;
            int length = Math.min(buffer.length, end * FrameReference.PAGE) - start;
            if (anew) {
                CompressedFrame frame = codec.compress(buffer.plain, start, length, buffer.stored, at);
                stretches.add(new Stretch.Made(frame, at, length));
                at += frame instanceof CompressedFrame.Stored stored ? stored.storedLength() : 0;
            } else {
                Optional<List<Run>> runs = parent.runs(firstPage + page, firstPage + end, false);
                stretches.add(new Stretch.Kept(runs.orElseThrow(), length));
            }
            page = end;
        }
        return stretches;
    }
}
