package io.holdfast.backup.archive;

import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.SegmentBeginning;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.window.TimelineAncestry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Puts what servers archive into one target's repository. Thread safe. */
final class ArchivedLog {
    private static final int PAGE = 8192;
    private static final int LONGEST_HISTORY = 1 << 20;
    /** How many timelines behind one are looked through for those that left it. */
    private static final int LATER_TIMELINES = 16;

    private final Repository repository;
    private final TargetName target;
    private final Path workDirectory;
    private final Map<Place, WalArchive> places = new ConcurrentHashMap<>();

    ArchivedLog(Repository repository, TargetName target, Path workDirectory) {
        this.repository = repository;
        this.target = target;
        this.workDirectory = workDirectory;
    }

    /**
     * Takes a file; all of it is durable when this returns.
     *
     * @param cluster the sender's system identifier, if it says so: history files do not
     * @throws RefusedFileException if it is not what its name says, or another cluster's
     * @throws RepositoryException.Conflict if other content is stored under its name
     */
    void take(ArchivedFile file, InputStream content, Optional<Place> cluster)
            throws IOException, RefusedFileException {
        // Before, so that nothing is written into the folder of a disk that is not mounted; and after, so that it
        // counts.
        repository.requirePresent();
        store(file, content, cluster);
        repository.requirePresent();
    }

    private void store(ArchivedFile file, InputStream content, Optional<Place> cluster)
            throws IOException, RefusedFileException {
        switch (file) {
            case ArchivedFile.Segment segment -> segment(segment.name(), content);
            case ArchivedFile.Partial partial -> partial(partial.name(), content);
            case ArchivedFile.History history -> history(history.timeline(), content, cluster);
            case ArchivedFile.BackupNote ignored -> content.transferTo(OutputStream.nullOutputStream());
        }
    }

    private void segment(WalSegmentName name, InputStream content) throws IOException, RefusedFileException {
        byte[] first = content.readNBytes(PAGE);
        SegmentBeginning beginning = beginning(name, first);
        WalArchive archive = place(beginning);
        int size = beginning.segmentSize();
        try (WalSegmentWriter writer = archive.begin(name.timeline(), name.segmentNumber(size), size)) {
            writer.write(0, first, 0, first.length);
            byte[] buffer = new byte[1 << 17];
            while (true) {
                int count = content.readNBytes(buffer, 0, buffer.length);
                if (count == 0) {
                    break;
                }
                if (count > size - writer.written()) {
                    throw notItsSize(name, "more than " + size);
                }
                writer.write(writer.written(), buffer, 0, count);
            }
            if (writer.written() != size) {
                throw notItsSize(name, writer.written() + " of " + size);
            }
            writer.finish();
        }
    }

    private static RefusedFileException notItsSize(WalSegmentName name, String bytes) {
        return new RefusedFileException(
                "The WAL segment " + name + " has " + bytes + " bytes.",
                "look at the disk and file system of the server, and whether something changes files in pg_wal.");
    }

    private static SegmentBeginning beginning(WalSegmentName name, byte[] first) throws RefusedFileException {
        SegmentBeginning beginning = SegmentBeginning.read(first)
                .orElseThrow(() -> new RefusedFileException(
                        "What was sent as " + name + " is not a WAL segment.",
                        "archive_command has to end with %p %f, in this order."));
        if (!beginning.isOf(name)) {
            throw new RefusedFileException(
                    "What was sent as " + name + " begins at " + beginning.position() + " of timeline "
                            + Integer.toUnsignedString(beginning.timeline()) + ".",
                    "archive_command has to end with %p %f, in this order.");
        }
        return beginning;
    }

    private WalArchive place(SegmentBeginning beginning) throws RepositoryException, RefusedFileException {
        return place(Place.ofSystemIdentifier(beginning.systemIdentifier()));
    }

    /** The place of a cluster: one that the target has, or the target's first. */
    private WalArchive place(Place place) throws RepositoryException, RefusedFileException {
        WalArchive known = places.get(place);
        if (known != null) {
            return known;
        }
        List<Place> stored = clusters();
        if (!stored.isEmpty() && !stored.contains(place)) {
            throw new RefusedFileException(
                    "This log is of the cluster " + place + ", and the target " + target + " has backups of " + stored
                            + ".",
                    "give another cluster a target of its own; if it took the old one's place, make a base backup of"
                            + " it first.");
        }
        return places.computeIfAbsent(place, it -> repository.at(target, it).wal(workDirectory));
    }

    private List<Place> clusters() throws RepositoryException {
        return repository.places(target).stream()
                .filter(it -> !it.equals(Place.LOGICAL))
                .toList();
    }

    private void history(int timeline, InputStream content, Optional<Place> cluster)
            throws IOException, RefusedFileException {
        byte[] history = content.readNBytes(LONGEST_HISTORY + 1);
        try {
            if (history.length > LONGEST_HISTORY || history.length == 0) {
                throw new MalformedException("it has " + history.length + " bytes");
            }
            TimelineAncestry.parse(timeline, history);
        } catch (MalformedException e) {
            throw new RefusedFileException(
                    "What was sent as the history of timeline " + Integer.toUnsignedString(timeline) + " is none: "
                            + e.getMessage() + ".",
                    "archive_command has to end with %p %f, in this order.",
                    e);
        }
        place(cluster.isPresent() ? cluster.get() : onlyCluster()).putHistory(timeline, history);
    }

    private Place onlyCluster() throws RepositoryException, RefusedFileException {
        List<Place> stored = clusters();
        if (stored.size() != 1) {
            throw new RefusedFileException(
                    "A history file does not say of which cluster it is, and the target " + target + " has "
                            + stored.size() + " of them.",
                    "let holdfast-archive read global/pg_control: run it in the data directory, as PostgreSQL does.");
        }
        return stored.getFirst();
    }

    /**
     * Of a segment in which a promotion ended the timeline, what was written before. The rest of the file is left over from
     * whatever it was used for earlier, and the new timeline's history says where it begins. That comes first; without it
     * only whole pages count, and not the last of them.
     */
    private void partial(WalSegmentName name, InputStream content) throws IOException, RefusedFileException {
        byte[] page = content.readNBytes(PAGE);
        SegmentBeginning beginning = beginning(name, page);
        WalArchive archive = place(beginning);
        int size = beginning.segmentSize();
        int end = end(name, beginning, size);
        try (WalSegmentWriter writer = archive.begin(name.timeline(), name.segmentNumber(size), size)) {
            byte[] next = content.readNBytes(PAGE);
            while (page.length == PAGE && writer.written() < end && isPageOf(page, beginning, writer.written())) {
                boolean isLast = !isPageOf(next, beginning, writer.written() + PAGE);
                if (isLast && end == Integer.MAX_VALUE) {
                    break;
                }
                writer.write(writer.written(), page, 0, Math.min(PAGE, end - writer.written()));
                page = next;
                next = content.readNBytes(PAGE);
            }
            writer.saveIncrement();
        }
        content.transferTo(OutputStream.nullOutputStream());
    }

    /** Where a timeline ends in a segment, if the history of one that left it there is stored. */
    private int end(WalSegmentName name, SegmentBeginning beginning, int size) throws RepositoryException {
        Lsn from = beginning.position();
        return switches(Place.ofSystemIdentifier(beginning.systemIdentifier()), name.timeline()).stream()
                .filter(it -> it.compareTo(from) >= 0 && it.minus(from) <= size)
                .mapToInt(it -> (int) it.minus(from))
                .max()
                .orElse(Integer.MAX_VALUE);
    }

    private List<Lsn> switches(Place place, int timeline) throws RepositoryException {
        StoredWindow window = repository.window(target, place);
        List<Lsn> switches = new ArrayList<>();
        for (int later = 1; later <= LATER_TIMELINES; later++) {
            window.ancestry(timeline + later).stream()
                    .flatMap(ancestry -> ancestry.parents().stream())
                    .filter(parent -> parent.timeline() == timeline)
                    .map(TimelineAncestry.Parent::end)
                    .forEach(switches::add);
        }
        return switches;
    }

    /** Whether these are the bytes of a page of this segment, not of what the file was used for before. */
    private static boolean isPageOf(byte[] page, SegmentBeginning beginning, int offset) {
        if (page.length < PAGE) {
            return false;
        }
        byte[] address = Arrays.copyOfRange(page, 8, 16);
        long expected = beginning.position().value() + offset;
        return little(address) == expected || Long.reverseBytes(little(address)) == expected;
    }

    private static long little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
