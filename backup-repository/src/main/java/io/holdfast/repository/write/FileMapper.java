package io.holdfast.repository.write;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FileMapCodec;
import io.holdfast.repository.map.MapId;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.PutOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gathers the runs of one file and makes its maps, a part at a time. Runs that continue one another become one, so that an
 * unchanged part has the very map that it has in the parent. For one thread.
 */
final class FileMapper {
    /** A longer map becomes an object of its own. */
    static final int LONGEST_INLINE = 4096;

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BodySeal seal;
    private final LockExtensions locks;
    private final List<MapReference> parentMaps;
    private final List<MapReference> maps = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private long length;
    private long partLength;
    private long storedBytes;

    /** A mapper of one file; {@code parentMaps} of it are known to be stored. */
    FileMapper(
            ObjectStore store, PlaceLayout layout, BodySeal seal, LockExtensions locks, List<MapReference> parentMaps) {
        this.locks = locks;
        this.store = store;
        this.layout = layout;
        this.seal = seal;
        this.parentMaps = parentMaps;
    }

    /** Adds the next run; its bytes never reach over the end of a part. */
    void add(Run run, long bytes) throws RepositoryException, InterruptedException {
        Optional<Run> joined =
                runs.isEmpty() ? Optional.empty() : runs.getLast().joinedWith(run);
        if (joined.isPresent()) {
            runs.set(runs.size() - 1, joined.get());
        } else {
            runs.add(run);
        }
        length += bytes;
        partLength += bytes;
        if (partLength == FileMap.BYTES_PER_PART) {
            endPart();
        }
    }

    private void endPart() throws RepositoryException, InterruptedException {
        FileMap map = new FileMap(partLength, runs);
        byte[] encoded = FileMapCodec.encode(map);
        if (encoded.length <= LONGEST_INLINE) {
            maps.add(new MapReference.Inline(map));
        } else {
            MapReference.Shared shared = new MapReference.Shared(FileMapCodec.id(encoded, seal.key()));
            boolean known = maps.size() < parentMaps.size() && shared.equals(parentMaps.get(maps.size()));
            if (known) {
                locks.extend(layout.map(shared.id()));
            }
            maps.add(known || store(shared.id(), encoded) ? shared : new MapReference.Inline(map));
        }
        runs.clear();
        partLength = 0;
    }

    /**
     * Stores a map of this attempt's own.
     *
     * @return false if it was there: somebody else's may be removed before this backup is complete, unlike the parent's,
     *     so it must not be relied on. That is rare, for maps name the packs of their attempt
     */
    private boolean store(MapId id, byte[] encoded) throws RepositoryException {
        ObjectKey key = layout.map(id);
        byte[] object = seal.object(ObjectHeader.Type.MAP, key, FileMapCodec.toBody(encoded));
        boolean created = store.putIfAbsent(key, object) == PutOutcome.CREATED;
        if (created) {
            storedBytes += object.length;
        }
        return created;
    }

    /** The maps of the file, which is complete. */
    List<MapReference> finish() throws RepositoryException, InterruptedException {
        if (partLength > 0) {
            endPart();
        }
        return List.copyOf(maps);
    }

    long length() {
        return length;
    }

    /** Bytes of map objects that were new. */
    long storedBytes() {
        return storedBytes;
    }
}
