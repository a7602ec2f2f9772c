package io.holdfast.repository.write;

import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.CompressedFrame;
import java.util.List;

/** What became of some consecutive pages of a frame buffer. */
sealed interface Stretch {
    /** Plain bytes of it. */
    int length();

    /**
     * Made anew.
     *
     * @param at where its stored bytes begin in the buffer
     */
    record Made(CompressedFrame frame, int at, int length) implements Stretch {}

    /** As in the parent, where its bytes are stored. */
    record Kept(List<Run> runs, int length) implements Stretch {}
}
