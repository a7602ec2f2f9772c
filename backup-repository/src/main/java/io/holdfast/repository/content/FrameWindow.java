package io.holdfast.repository.content;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stored bytes of a pack, read ahead: frames that follow each other are fetched by one request, which costs far more than
 * its bytes at an object store. Not safe for use by several threads.
 */
public final class FrameWindow {
    /** Bytes fetched by one request. */
    private static final int LONGEST = 4 << 20;

    /** Bytes of no use that are fetched to save a request. */
    private static final int GAP = 64 << 10;

    private final ObjectStore store;
    private final PlaceLayout layout;
    private @Nullable PackName pack;
    private boolean missing;
    private String unreadable = "";
    private long start;
    private byte[] bytes = new byte[0];

    public FrameWindow(ObjectStore store, PlaceLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** The stored bytes of a frame or why there are none. */
    public sealed interface Found {
        /** They begin at {@code from}, and are not changed afterwards. */
        record Good(byte[] stored, int from) implements Found {}

        /** The pack is missing, too short, or cannot be read there. */
        record Bad(DamageKind kind, String detail) implements Found {}
    }

    /** The frame of the run at {@code position}; what follows in {@code runs} may be read ahead. */
    public Found get(List<Run> runs, int position, FrameReference frame) throws RepositoryException {
        if (!isWithin(frame)) {
            long end = frame.offset() + frame.storedLength();
            long further = end(runs, position, frame);
            load(frame, further);
            if (!unreadable.isEmpty() && further > end) {
                load(frame, end); // what cannot be read may lie behind it
            }
        }
        if (missing) {
            return new Found.Bad(DamageKind.MISSING, "the pack is missing");
        }
        if (!unreadable.isEmpty()) {
            return new Found.Bad(DamageKind.UNREADABLE, unreadable);
        }
        long from = frame.offset() - start;
        if (from + frame.storedLength() > bytes.length) {
            return new Found.Bad(
                    DamageKind.WRONG_LENGTH,
                    "the pack ends at byte " + (start + bytes.length) + ", within or before the frame at byte "
                            + frame.offset());
        }
        return new Found.Good(bytes, (int) from);
    }

    private boolean isWithin(FrameReference frame) {
        return frame.pack().equals(pack)
                && !missing
                && unreadable.isEmpty()
                && frame.offset() >= start
                && frame.offset() + frame.storedLength() <= start + bytes.length;
    }

    /** Where to stop reading: behind the last of the following frames that lie close together. */
    private static long end(List<Run> runs, int position, FrameReference first) {
        long end = first.offset() + first.storedLength();
        for (Run run : runs.subList(position + 1, runs.size())) {
            if (run instanceof Run.Stored stored) {
                FrameReference frame = stored.frame();
                if (!isNear(first, end, frame)) {
                    break;
                }
                end = Math.max(end, frame.offset() + frame.storedLength());
            }
        }
        return end;
    }

    /**
     * Whether one request fetches a frame together with those from another one on.
     *
     * @param first the one whose bytes come first
     * @param end where those that are fetched anyway end
     */
    public static boolean isNear(FrameReference first, long end, FrameReference frame) {
        return frame.pack().equals(first.pack())
                && frame.offset() >= first.offset()
                && frame.offset() <= end + GAP
                && frame.offset() + frame.storedLength() - first.offset() <= LONGEST;
    }

    private void load(FrameReference frame, long end) throws RepositoryException {
        ObjectKey key = layout.pack(frame.pack());
        pack = frame.pack();
        start = frame.offset();
        bytes = new byte[0];
        missing = false;
        unreadable = "";
        try (InputStream in = store.open(key, start, end - start)) {
            bytes = read(in, (int) (end - start));
        } catch (RepositoryException.NotFound e) {
            missing = true;
        } catch (RepositoryException.Damaged e) {
            unreadable = e.what();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    /** So many bytes, or fewer at the end; without the many small pieces that {@code readNBytes(int)} gathers. */
    public static byte[] read(InputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        int count = in.readNBytes(bytes, 0, length);
        return count == length ? bytes : Arrays.copyOf(bytes, count);
    }
}
