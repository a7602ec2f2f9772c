package io.holdfast.repository.wal;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The WAL of a place as it lies in a store; for reading. Safe for use by several threads. */
public final class StoredWal {
    private static final Logger LOG = LoggerFactory.getLogger(StoredWal.class);
    private static final int LONGEST_HISTORY = 1 << 20;

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final long systemIdentifier;
    private final boolean sealedOnly;
    private final boolean asStored;
    private final Consumer<KeyId> keysUsed;

    private StoredWal(
            ObjectStore store,
            PlaceLayout layout,
            PlaceKeys keys,
            long systemIdentifier,
            boolean sealedOnly,
            boolean asStored,
            Consumer<KeyId> keysUsed) {
        this.asStored = asStored;
        this.keysUsed = keysUsed;
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.sealedOnly = sealedOnly;
        this.systemIdentifier = systemIdentifier;
    }

    /**
     * The WAL of a cluster's place.
     *
     * @throws IllegalStateException if the place is not named by a system identifier
     */
    public static StoredWal of(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
        try {
            return new StoredWal(
                    store, layout, keys, Long.parseUnsignedLong(layout.place().value()), false, false, key -> {});
        } catch (NumberFormatException e) {
            throw new IllegalStateException("Only a cluster has WAL, not the place " + layout.place(), e);
        }
    }

    /** The same, but WAL that is not encrypted counts as damaged: for backups that are. */
    public StoredWal sealedOnly() {
        return new StoredWal(store, layout, keys, systemIdentifier, true, asStored, keysUsed);
    }

    /** The same, but objects are checked by the digests of their stored bytes alone, without being opened. */
    public StoredWal asStored() {
        return new StoredWal(store, layout, keys, systemIdentifier, sealedOnly, true, keysUsed);
    }

    /** The same, telling each data key that what is opened is sealed with. */
    public StoredWal tellingKeys(Consumer<KeyId> each) {
        return new StoredWal(store, layout, keys, systemIdentifier, sealedOnly, asStored, each);
    }

    /** Something wrong with one object. */
    public record Problem(ObjectKey object, String detail) {}

    /** Whether log that is not encrypted counts as damaged. */
    boolean isSealedOnly() {
        return sealedOnly;
    }

    long systemIdentifier() {
        return systemIdentifier;
    }

    /** See {@link WalArchive#covers}. */
    public List<WalSegmentName> covers(int timeline, Lsn startLsn, Lsn stopLsn, int segmentSize)
            throws RepositoryException {
        if (stopLsn.compareTo(startLsn) <= 0) {
            return List.of();
        }
        long first = startLsn.segmentNumber(segmentSize);
        long last = stopLsn.plus(-1).segmentNumber(segmentSize);
        Set<ObjectKey> complete = complete(timeline, first, last, segmentSize);
        List<WalSegmentName> missing = new ArrayList<>();
        for (long number = first; number <= last; number++) {
            WalSegmentName name = WalSegmentName.of(timeline, number, segmentSize);
            if (!complete.contains(layout.walSegment(name))) {
                int needed = stopLsn.plus(-1).segmentOffset(segmentSize) + 1;
                boolean reached =
                        number == last && WalIncrements.of(store, layout, name).reach() >= needed;
                if (!reached) {
                    missing.add(name);
                }
            }
        }
        return missing;
    }

    /** The keys of complete segments from first to last; one listing instead of a question for each. */
    private Set<ObjectKey> complete(int timeline, long first, long last, int segmentSize) throws RepositoryException {
        Set<ObjectKey> found = new HashSet<>();
        ObjectKey firstKey = layout.walSegment(WalSegmentName.of(timeline, first, segmentSize));
        ObjectKey lastKey = layout.walSegment(WalSegmentName.of(timeline, last, segmentSize));
        store.head(firstKey).map(StoredObject::key).ifPresent(found::add);
        String directory = firstKey.value().substring(0, firstKey.value().lastIndexOf('/') + 1);
        ObjectStore.Listing listing = store.list(directory, Optional.of(firstKey));
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            if (key.compareTo(lastKey) > 0) {
                break;
            }
            found.add(key);
        }
        return found;
    }

    /** See {@link WalArchive#open}. */
    public InputStream open(WalSegmentName segment) throws RepositoryException {
        return open(segment, (increments, segmentSize) -> !hasAnythingOf(following(segment, segmentSize)));
    }

    /** See {@link WalArchive#openUntil}. */
    public InputStream openUntil(WalSegmentName segment, Lsn stopLsn) throws RepositoryException {
        Lsn last = stopLsn.plus(-1);
        return open(
                segment,
                (increments, segmentSize) ->
                        WalSegmentName.of(segment.timeline(), last.segmentNumber(segmentSize), segmentSize)
                                        .equals(segment)
                                && increments.reach() > last.segmentOffset(segmentSize));
    }

    /**
     * How many bytes of a segment are stored from its beginning on, as names tell it: all of them where it is complete. Opens
     * nothing.
     *
     * @param segmentSize bytes
     */
    public int reach(WalSegmentName segment, int segmentSize) throws RepositoryException {
        return store.head(layout.walSegment(segment)).isPresent()
                ? segmentSize
                : WalIncrements.of(store, layout, segment).reach();
    }

    /** Whether the increments of a segment are all that is needed of it. */
    @FunctionalInterface
    private interface Sufficient {
        boolean test(WalIncrements increments, int segmentSize) throws RepositoryException;
    }

    private InputStream open(WalSegmentName segment, Sufficient sufficient) throws RepositoryException {
        if (store.head(layout.walSegment(segment)).isPresent()) {
            return openComplete(segment);
        }
        WalIncrements increments = WalIncrements.of(store, layout, segment);
        if (increments.chain().isEmpty()) {
            throw notFound(segment, "is not in the repository");
        }
        int segmentSize;
        try (WalObjectStream first = openIncrement(segment, increments.chain().getFirst())) {
            segmentSize = first.object().segmentSize();
        }
        if (!sufficient.test(increments, segmentSize)) {
            throw notFound(segment, "is only there up to byte " + increments.reach() + ", and more of it is needed");
        }
        return new IncrementsStream(this, increments, segmentSize);
    }

    private static WalSegmentName following(WalSegmentName segment, int segmentSize) {
        return WalSegmentName.of(segment.timeline(), segment.segmentNumber(segmentSize) + 1, segmentSize);
    }

    private boolean hasAnythingOf(WalSegmentName segment) throws RepositoryException {
        return store.list(layout.walSegment(segment).value()).hasNext();
    }

    private WalObjectStream openComplete(WalSegmentName segment) throws RepositoryException {
        ObjectKey key = layout.walSegment(segment);
        WalObjectStream stream = open(key, ObjectHeader.Type.WAL_SEGMENT);
        return requireItsOwn(stream, key, segment, 0, stream.object().segmentSize());
    }

    WalObjectStream openIncrement(WalSegmentName segment, WalIncrements.Increment increment)
            throws RepositoryException {
        WalObjectStream stream = open(increment.key(), ObjectHeader.Type.WAL_INCREMENT);
        return requireItsOwn(stream, increment.key(), segment, increment.from(), increment.to());
    }

    private WalObjectStream open(ObjectKey key, ObjectHeader.Type type) throws RepositoryException {
        WalObjectStream stream = WalObjectStream.open(store, key, type, keys);
        if (sealedOnly && !stream.object().isSealed()) {
            stream.close();
            throw notSealed(key);
        }
        if (stream.object().isSealed()) {
            keysUsed.accept(KeyId.of(stream.object().header().key()));
        }
        return stream;
    }

    static RepositoryException notSealed(ObjectKey key) {
        return WalObjectStream.damaged(key, "it is not encrypted, though the backup that needs it is");
    }

    private WalObjectStream requireItsOwn(
            WalObjectStream stream, ObjectKey key, WalSegmentName segment, int from, int to)
            throws RepositoryException {
        if (!isOwn(stream.object(), segment, from, to)) {
            stream.close();
            throw misplaced(key);
        }
        return stream;
    }

    static RepositoryException misplaced(ObjectKey key) {
        return WalObjectStream.damaged(key, "what it says of itself does not fit its name");
    }

    /** An object moved to another name must not pass for it. */
    boolean isOwn(WalObject object, WalSegmentName segment, int from, int to) {
        return object.systemIdentifier() == systemIdentifier
                && isSegmentSize(object.segmentSize())
                && object.segmentNumber() >= 0
                // The log has no byte behind its position 2^64.
                && object.segmentNumber() <= Long.divideUnsigned(-1, object.segmentSize())
                && WalSegmentName.of(object.timeline(), object.segmentNumber(), object.segmentSize())
                        .equals(segment)
                && object.from() == from
                && object.to() == to
                && to <= object.segmentSize();
    }

    private static boolean isSegmentSize(int size) {
        return Integer.bitCount(size) == 1 && size >= 1 << 20 && size <= 1 << 30;
    }

    /** See {@link WalArchive#history}. */
    public Optional<byte[]> history(int timeline) throws RepositoryException {
        ObjectKey key = layout.timelineHistory(timeline);
        if (store.head(key).isEmpty()) {
            return Optional.empty();
        }
        try (WalObjectStream stream = open(key, ObjectHeader.Type.TIMELINE_HISTORY)) {
            if (!isOwnHistory(stream.object(), timeline)) {
                throw misplaced(key);
            }
            return Optional.of(stream.readAllBytes());
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    /** Takes what came of opening the beginning of an object; the detail is empty if it opened. */
    @FunctionalInterface
    public interface Beginnings {
        /** One object, by the data key that it names. */
        void opened(KeyId key, String detail);
    }

    /** Opens the beginning of each encrypted object of a segment, to show whether its data key is at hand. */
    public void beginnings(WalSegmentName segment, Beginnings each) throws RepositoryException {
        ObjectKey complete = layout.walSegment(segment);
        if (store.head(complete).isPresent()) {
            beginning(complete, ObjectHeader.Type.WAL_SEGMENT, each);
        } else {
            for (WalIncrements.Increment increment :
                    WalIncrements.of(store, layout, segment).chain()) {
                beginning(increment.key(), ObjectHeader.Type.WAL_INCREMENT, each);
            }
        }
    }

    /** The same of a timeline's history file; nothing where there is none. */
    public void historyBeginning(int timeline, Beginnings each) throws RepositoryException {
        ObjectKey key = layout.timelineHistory(timeline);
        if (store.head(key).isPresent()) {
            beginning(key, ObjectHeader.Type.TIMELINE_HISTORY, each);
        }
    }

    private void beginning(ObjectKey key, ObjectHeader.Type type, Beginnings each) throws RepositoryException {
        KeyId dataKey;
        try (InputStream in = store.open(key, 0, ObjectHeader.LENGTH)) {
            ObjectHeader header = ObjectHeader.read(type, in.readAllBytes());
            if (!header.isSealed()) {
                return;
            }
            dataKey = KeyId.of(header.key());
        } catch (MalformedException e) {
            throw WalObjectStream.damaged(key, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
        try (WalObjectStream in = open(key, type)) {
            in.read();
            each.opened(dataKey, "");
        } catch (RepositoryException.Denied | RepositoryException.Damaged e) {
            each.opened(dataKey, e.what());
        }
    }

    boolean isOwnHistory(WalObject object, int timeline) {
        return object.timeline() == timeline
                && object.systemIdentifier() == systemIdentifier
                && object.plainLength() <= LONGEST_HISTORY;
    }

    /**
     * Reads everything stored of a segment, complete or increments, and says what is wrong with it. What is sealed and
     * cannot be opened here is checked as it is stored.
     *
     * @param used is told each data key that something is sealed with
     */
    public List<Problem> check(WalSegmentName segment, Consumer<KeyId> used) throws RepositoryException {
        return contentCheck(used).segment(segment);
    }

    /** As {@link #check(WalSegmentName, Consumer)}, for the history file of a timeline, if there is one. */
    public List<Problem> checkHistory(int timeline, Consumer<KeyId> used) throws RepositoryException {
        return contentCheck(used).history(timeline).stream().toList();
    }

    private WalContentCheck contentCheck(Consumer<KeyId> used) {
        return new WalContentCheck(store, layout, keys, this, asStored, used);
    }

    /**
     * Whether a complete segment is another cluster's: by what the object says of itself or, if it can be opened here, by its
     * first page. False where neither can be read.
     */
    public boolean isForeign(WalSegmentName segment) throws RepositoryException {
        ObjectKey key = layout.walSegment(segment);
        try (InputStream in = store.open(key, 0, WalObject.LENGTH)) {
            WalObject object = WalObject.decode(ObjectHeader.Type.WAL_SEGMENT, in.readAllBytes());
            return object.systemIdentifier() != systemIdentifier || isForeignInside(segment);
        } catch (MalformedException e) {
            return false;
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    private boolean isForeignInside(WalSegmentName segment) throws IOException {
        try (WalObjectStream in = openComplete(segment)) {
            return SegmentBeginning.read(in.readNBytes(SegmentBeginning.LENGTH))
                    .filter(beginning -> beginning.systemIdentifier() != systemIdentifier)
                    .isPresent();
        } catch (RepositoryException.Damaged | RepositoryException.Denied e) {
            LOG.debug("The first page of {} cannot be read: {}", segment, e.what());
            return false;
        }
    }

    private static RepositoryException.NotFound notFound(WalSegmentName segment, String why) {
        return new RepositoryException.NotFound(
                "The WAL segment " + segment + " " + why + ".",
                "recovery can only go to a moment before it; a new base backup begins a new window.");
    }
}
