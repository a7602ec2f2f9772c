package io.holdfast.repository.map;

import java.util.List;

/**
 * Where the pages of one part of a file lie. A file longer than {@link #BYTES_PER_PART} has several maps, so that the
 * memory for one stays small whatever the file's length.
 *
 * @param length bytes of the part, at least 1
 * @param runs in page order, together exactly the part's pages
 */
public record FileMap(long length, List<Run> runs) {
    /** Bytes of a file that one map describes. */
    public static final long BYTES_PER_PART = 256L << 20;

    /** Pages of a whole part. */
    public static final int PAGES_PER_PART = (int) (BYTES_PER_PART / FrameReference.PAGE);

    public FileMap {
        runs = List.copyOf(runs);
        if (length < 1 || length > BYTES_PER_PART) {
            throw new IllegalArgumentException("A map describes 1 to " + BYTES_PER_PART + " bytes, not " + length);
        }
        long pages = runs.stream().mapToLong(Run::pages).sum();
        if (pages != (length + FrameReference.PAGE - 1) / FrameReference.PAGE) {
            throw new IllegalArgumentException(
                    "The runs have " + pages + " pages, which does not fit " + length + " bytes");
        }
    }
}
