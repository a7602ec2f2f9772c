package io.holdfast.repository.write;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FileMapCodec;
import io.holdfast.repository.map.MapId;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.PutOutcome;
import java.util.ArrayList;
import java.util.List;

/** Gathers the runs of one file and makes its maps, a part at a time. For one thread. */
final class FileMapper {
    /** A longer map becomes an object of its own. */
    static final int LONGEST_INLINE = 4096;

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final List<MapReference> maps = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private long length;
    private long partLength;
    private long storedBytes;

    FileMapper(ObjectStore store, PlaceLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Adds the next run; its bytes never reach over the end of a part. */
    void add(Run run, int bytes) throws RepositoryException {
        if (run instanceof Run.Zeros(int pages) && !runs.isEmpty() && runs.getLast() instanceof Run.Zeros(int before)) {
            runs.set(runs.size() - 1, new Run.Zeros(before + pages));
        } else {
            runs.add(run);
        }
        length += bytes;
        partLength += bytes;
        if (partLength == FileMap.BYTES_PER_PART) {
            endPart();
        }
    }

    private void endPart() throws RepositoryException {
        FileMap map = new FileMap(partLength, runs);
        byte[] encoded = FileMapCodec.encode(map);
        if (encoded.length <= LONGEST_INLINE) {
            maps.add(new MapReference.Inline(map));
        } else {
            MapId id = FileMapCodec.id(encoded);
            byte[] object = FileMapCodec.toObject(encoded);
            if (store.putIfAbsent(layout.map(id), object) == PutOutcome.CREATED) {
                storedBytes += object.length;
            }
            maps.add(new MapReference.Shared(id));
        }
        runs.clear();
        partLength = 0;
    }

    /** The maps of the file, which is complete. */
    List<MapReference> finish() throws RepositoryException {
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
