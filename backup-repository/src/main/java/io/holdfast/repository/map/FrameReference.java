package io.holdfast.repository.map;

/**
 * Where a frame lies and how it is recognised.
 *
 * @param offset first stored byte within the pack object
 * @param storedLength stored bytes: compressed, and sealed if the pack is
 * @param plainLength bytes after decompression: whole pages, but for a file's last frame
 * @param digest of the stored bytes
 */
public record FrameReference(PackName pack, long offset, int storedLength, int plainLength, FrameDigest digest) {
    /** Bytes of a page, PostgreSQL's default block size. */
    public static final int PAGE = 8192;

    /** The most pages a writer puts into one frame. */
    public static final int PAGES_PER_FRAME = 16;

    /** The most plain bytes a reader accepts in one frame; room for larger frames of later writers. */
    public static final int LONGEST_PLAIN = 1 << 20;

    /** The most stored bytes a reader accepts in one frame: incompressible data grows a little. */
    public static final int LONGEST_STORED = LONGEST_PLAIN + (64 << 10);

    public FrameReference {
        if (offset < 0 || storedLength < 1 || storedLength > LONGEST_STORED || plainLength < 1) {
            throw new IllegalArgumentException("Not a frame: offset " + offset + ", stored " + storedLength);
        }
        if (plainLength > LONGEST_PLAIN) {
            throw new IllegalArgumentException("A frame of " + plainLength + " bytes is too long");
        }
    }

    /** Pages in the frame; the last may be short. */
    public int pages() {
        return (plainLength + PAGE - 1) / PAGE;
    }
}
