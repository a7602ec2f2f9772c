package io.holdfast.repository.content;

import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.map.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Tells which runs of a part need not be fetched, since their bytes lie where they belong already. */
@FunctionalInterface
public interface PresentRuns {
    /** Nothing is there. */
    PresentRuns NONE = (runs, position, length) -> new BitSet();

    /**
     * The numbers of those runs.
     *
     * @param position where in the file the first of them begins
     * @param length bytes of all of them; the last page may be short
     */
    BitSet among(List<Run> runs, long position, long length);

    /**
     * Compares what a file holds, page by page, with the hashes of a map, and with zeros. What cannot be read, as on a
     * failing disk, is not there: it is written anew, and then the error shows if there is one.
     *
     * @param channel open for reading; its position is not used
     * @param size how many bytes of it count
     */
    static PresentRuns in(FileChannel channel, long size, PageHasher hasher) {
        return size == 0
                ? NONE
                : (runs, position, length) -> new Comparison(channel, size, hasher).among(runs, position, length);
    }

    /** One comparison. */
    final class Comparison {
        private static final int PIECE = FrameReference.LONGEST_PLAIN;
        private static final byte[] ZEROS = new byte[PIECE];

        private final FileChannel channel;
        private final long size;
        private final PageHasher hasher;
        private final byte[] bytes = new byte[PIECE];

        private Comparison(FileChannel channel, long size, PageHasher hasher) {
            this.channel = channel;
            this.size = size;
            this.hasher = hasher;
        }

        private BitSet among(List<Run> runs, long position, long length) {
            BitSet same = new BitSet(runs.size());
            long at = position;
            for (int run = 0; run < runs.size() && at < size; run++) {
                long bytesOfRun = Math.min((long) runs.get(run).pages() * FrameReference.PAGE, position + length - at);
                if (at + bytesOfRun <= size && isSame(runs.get(run), at, bytesOfRun)) {
                    same.set(run);
                }
                at += bytesOfRun;
            }
            return same;
        }

        private boolean isSame(Run run, long at, long length) {
            for (long done = 0; done < length; done += PIECE) {
                int count = (int) Math.min(PIECE, length - done);
                if (!read(at + done, count)) {
                    return false;
                }
                boolean same = switch (run) {
                    case Run.Zeros zeros -> Arrays.equals(bytes, 0, count, ZEROS, 0, count);
                    case Run.Stored stored -> hasPages(stored, (int) (done / FrameReference.PAGE), count);
                };
                if (!same) {
                    return false;
                }
            }
            return true;
        }

        private boolean hasPages(Run.Stored run, int first, int count) {
            int pages = (count + FrameReference.PAGE - 1) / FrameReference.PAGE;
            for (int page = 0; page < pages; page++) {
                if (hasher.hashPage(bytes, page, count) != run.pageHashes().get(first + page)) {
                    return false;
                }
            }
            return true;
        }

        private boolean read(long at, int count) {
            ByteBuffer into = ByteBuffer.wrap(bytes, 0, count);
            try {
                while (into.hasRemaining()) {
                    if (channel.read(into, at + into.position()) < 0) {
                        return false;
                    }
                }
                return true;
            } catch (IOException unreadable) {
                return false;
            }
        }
    }
}
