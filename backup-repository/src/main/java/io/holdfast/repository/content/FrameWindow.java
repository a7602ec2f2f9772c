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
    private final @Nullable ReadAhead ahead;
    private @Nullable Stretch loaded;
    private @Nullable Next next;

    /** Fetches when a frame is asked for. */
    public FrameWindow(ObjectStore store, PlaceLayout layout) {
        this(store, layout, null);
    }

    /**
     * Fetches what follows while the frames that are there are used.
     *
     * @param ahead outlives the window
     */
    public FrameWindow(ObjectStore store, PlaceLayout layout, @Nullable ReadAhead ahead) {
        this.store = store;
        this.layout = layout;
        this.ahead = ahead;
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
        Stretch stretch = loaded;
        if (stretch == null || !stretch.holds(frame)) {
            stretch = load(runs, position, frame);
            loaded = stretch;
            lookAhead(runs, position, stretch);
        }
        if (stretch.missing()) {
            return new Found.Bad(DamageKind.MISSING, "the pack is missing");
        }
        if (!stretch.unreadable().isEmpty()) {
            return new Found.Bad(DamageKind.UNREADABLE, stretch.unreadable());
        }
        long from = frame.offset() - stretch.start();
        if (from + frame.storedLength() > stretch.bytes().length) {
            return new Found.Bad(
                    DamageKind.WRONG_LENGTH,
                    "the pack ends at byte " + (stretch.start() + stretch.bytes().length)
                            + ", within or before the frame at byte " + frame.offset());
        }
        return new Found.Good(stretch.bytes(), (int) from);
    }

    private Stretch load(List<Run> runs, int position, FrameReference frame) throws RepositoryException {
        Stretch stretch = awaited(frame);
        long end = frame.offset() + frame.storedLength();
        if (stretch == null) {
            stretch = read(frame, end(runs, position, frame));
        }
        // What cannot be read may lie behind the frame.
        return stretch.unreadable().isEmpty() || stretch.end() <= end ? stretch : read(frame, end);
    }

    /** What is being read already, if it begins with this frame. */
    private @Nullable Stretch awaited(FrameReference frame) throws RepositoryException {
        Next begun = next;
        next = null;
        return begun == null || !begun.first.equals(frame) ? null : begun.stretch.get();
    }

    private void lookAhead(List<Run> runs, int position, Stretch stretch) {
        if (ahead == null || !stretch.isGood()) {
            return;
        }
        for (int run = position + 1; run < runs.size(); run++) {
            if (runs.get(run) instanceof Run.Stored stored && !stretch.holds(stored.frame())) {
                FrameReference first = stored.frame();
                long end = end(runs, run, first);
                next = new Next(first, ahead.begin(() -> read(first, end)));
                return;
            }
        }
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

    private Stretch read(FrameReference first, long end) throws RepositoryException {
        ObjectKey key = layout.pack(first.pack());
        long start = first.offset();
        try (InputStream in = store.open(key, start, end - start)) {
            return new Stretch(first.pack(), start, end, read(in, (int) (end - start)), false, "");
        } catch (RepositoryException.NotFound e) {
            return new Stretch(first.pack(), start, end, new byte[0], true, "");
        } catch (RepositoryException.Damaged e) {
            return new Stretch(first.pack(), start, end, new byte[0], false, e.what());
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    /** What is fetched while frames before it are used. */
    private record Next(FrameReference first, ReadAhead.Coming<Stretch> stretch) {}

    /** What one request brought; {@code bytes} are fewer than asked for where the pack ends before. */
    private record Stretch(PackName pack, long start, long end, byte[] bytes, boolean missing, String unreadable) {
        boolean isGood() {
            return !missing && unreadable.isEmpty();
        }

        boolean holds(FrameReference frame) {
            return isGood()
                    && frame.pack().equals(pack)
                    && frame.offset() >= start
                    && frame.offset() + frame.storedLength() <= start + bytes.length;
        }
    }

    /** So many bytes, or fewer at the end; without the many small pieces that {@code readNBytes(int)} gathers. */
    public static byte[] read(InputStream in, int length) throws IOException {
        byte[] bytes = new byte[length];
        int count = in.readNBytes(bytes, 0, length);
        return count == length ? bytes : Arrays.copyOf(bytes, count);
    }
}
