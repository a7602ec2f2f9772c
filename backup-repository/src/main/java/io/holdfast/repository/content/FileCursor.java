package io.holdfast.repository.content;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.seal.FrameOpening;
import io.holdfast.repository.store.ObjectKey;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Goes through the bytes of one file, chunk by chunk, checking each. Not safe for use by several threads. */
public final class FileCursor {
    private final IndexEntry.WithContent file;
    private final PlaceLayout layout;
    private final MapSource maps;
    private final FrameWindow window;
    private final @Nullable Neighbour neighbour;
    private final PackOpenings openings;
    private final FrameChecker checker;
    private final PresentRuns present;
    private final int endPart;
    private int nextPart;
    private List<Run> runs = List.of();
    private List<Run> wanted = List.of();
    private BitSet kept = new BitSet();
    private int nextRun;
    private long position;

    /**
     * Begins at the file's first byte.
     *
     * @param checker may be shared with other cursors of the same thread, one at a time
     */
    public FileCursor(IndexEntry.WithContent file, MapSource maps, PackOpenings openings, FrameChecker checker) {
        this(file, 0, file.maps().size(), maps, openings, checker, PresentRuns.NONE, window(maps, null), null);
    }

    /**
     * Goes through one part only, see {@link FileMap#BYTES_PER_PART}.
     *
     * @param present what need not be fetched
     * @param ahead outlives the cursor
     */
    public static FileCursor ofPart(
            IndexEntry.WithContent file,
            int part,
            MapSource maps,
            PackOpenings openings,
            FrameChecker checker,
            PresentRuns present,
            ReadAhead ahead) {
        return new FileCursor(file, part, part + 1, maps, openings, checker, present, window(maps, ahead), null);
    }

    /**
     * Goes through a file of one part that has one frame, which others lie next to.
     *
     * @param present what need not be fetched
     */
    public static FileCursor ofNeighbour(
            IndexEntry.WithContent file,
            MapSource maps,
            PackOpenings openings,
            FrameChecker checker,
            PresentRuns present,
            Neighbour neighbour) {
        return new FileCursor(file, 0, 1, maps, openings, checker, present, neighbour.window(), neighbour);
    }

    private static FrameWindow window(MapSource maps, @Nullable ReadAhead ahead) {
        return new FrameWindow(maps.store(), maps.layout(), ahead);
    }

    private FileCursor(
            IndexEntry.WithContent file,
            int firstPart,
            int endPart,
            MapSource maps,
            PackOpenings openings,
            FrameChecker checker,
            PresentRuns present,
            FrameWindow window,
            @Nullable Neighbour neighbour) {
        this.file = file;
        this.present = present;
        this.nextPart = firstPart;
        this.endPart = endPart;
        this.position = (long) firstPart * FileMap.BYTES_PER_PART;
        this.maps = maps;
        this.layout = maps.layout();
        this.window = window;
        this.neighbour = neighbour;
        this.openings = openings;
        this.checker = checker;
    }

    /** Where in the file the next bytes belong. */
    public long position() {
        return position;
    }

    /** The next bytes, or empty at the end. */
    public Optional<Chunk> next() throws RepositoryException {
        while (nextRun == runs.size()) {
            if (nextPart == endPart) {
                return Optional.empty();
            }
            Optional<Chunk> lost = openPart();
            if (lost.isPresent()) {
                return lost;
            }
        }
        Chunk chunk = chunk(nextRun++);
        position += chunk.length();
        return Optional.of(chunk);
    }

    /** Gets the next part's runs, or loses the whole part. */
    private Optional<Chunk> openPart() throws RepositoryException {
        long length = Math.min(file.length() - position, FileMap.BYTES_PER_PART);
        return switch (maps.get(file.maps().get(nextPart++), length)) {
            case MapSource.Found.Good good -> {
                begin(good.map().runs(), length);
                yield Optional.empty();
            }
            case MapSource.Found.Bad(ObjectKey object, DamageKind kind, String detail) -> {
                Chunk lost = lost(object, length, kind, detail);
                position += length;
                yield Optional.of(lost);
            }
        };
    }

    private void begin(List<Run> ofPart, long length) {
        runs = ofPart;
        nextRun = 0;
        kept = present.among(ofPart, position, length);
        // What is read ahead of a frame leaves out zeros, and so whatever is kept.
        wanted = kept.isEmpty()
                ? ofPart
                : IntStream.range(0, ofPart.size())
                        .mapToObj(run ->
                                kept.get(run) ? new Run.Zeros(ofPart.get(run).pages()) : ofPart.get(run))
                        .toList();
    }

    private Chunk chunk(int run) throws RepositoryException {
        if (kept.get(run)) {
            return new Chunk.Kept(length(runs.get(run).pages()));
        }
        return switch (runs.get(run)) {
            case Run.Zeros(int pages) -> new Chunk.Zeros(length(pages));
            case Run.Stored stored -> stored(stored, run);
        };
    }

    private Chunk stored(Run.Stored run, int at) throws RepositoryException {
        PackName pack = run.frame().pack();
        long length = length(run.pages());
        FrameWindow.Found found = neighbour == null ? window.get(wanted, at, run.frame()) : neighbour.get(run.frame());
        return switch (found) {
            case FrameWindow.Found.Bad(DamageKind kind, String detail) -> lost(layout.pack(pack), length, kind, detail);
            case FrameWindow.Found.Good(byte[] stored, int from) ->
                switch (openings.get(pack)) {
                    case PackOpenings.Found.Bad(DamageKind kind, String detail) ->
                        lost(layout.pack(pack), length, kind, detail);
                    case PackOpenings.Found.Good(FrameOpening opening) ->
                        checked(pack, length, checker.check(run, opening, stored, from));
                };
        };
    }

    private Chunk checked(PackName pack, long length, FrameChecker.Result result) {
        return switch (result) {
            case FrameChecker.Result.Good good ->
                good.length() < length
                        ? lost(
                                layout.pack(pack),
                                length,
                                DamageKind.UNREADABLE,
                                "the frame is shorter than its map says")
                        : new Chunk.Bytes(good.plain(), good.offset(), length);
            case FrameChecker.Result.WrongDigest(String detail) ->
                lost(layout.pack(pack), length, DamageKind.WRONG_DIGEST, detail);
            case FrameChecker.Result.Unreadable(String detail) ->
                lost(layout.pack(pack), length, DamageKind.UNREADABLE, detail);
        };
    }

    /** Bytes of pages from the present position on; the file's last page may be short. */
    private long length(int pages) {
        return Math.min((long) pages * FrameReference.PAGE, file.length() - position);
    }

    private Chunk lost(ObjectKey object, long length, DamageKind kind, String detail) {
        return new Chunk.Lost(damage(object, file.path(), position, length, kind, detail), length);
    }

    /** Damage of some bytes of a file. */
    public static Damage damage(
            ObjectKey object, FilePath file, long position, long length, DamageKind kind, String detail) {
        long first = position / FrameReference.PAGE;
        long end = (position + length + FrameReference.PAGE - 1) / FrameReference.PAGE;
        return new Damage(object, List.of(file), Optional.of(new Damage.PageRange(first, end - first)), kind, detail);
    }
}
