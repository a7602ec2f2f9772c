package io.holdfast.repository.write;

import io.holdfast.repository.index.MapReference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file from its beginning to its end, on its way through the pipeline. Several may be open at once; which one a piece
 * belongs to, the piece says. What changes is for the assembling thread alone.
 */
final class OpenFile {
    final FileHeader header;
    /** Those that the parent has of it, which need not be stored again. */
    final List<MapReference> parentMaps;

    private @Nullable FileMapper mapper;
    private PackSequence.@Nullable Lane lane;

    OpenFile(FileHeader header, List<MapReference> parentMaps) {
        this.header = header;
        this.parentMaps = List.copyOf(parentMaps);
    }

    void begin(FileMapper made, PackSequence.Lane taken) {
        mapper = made;
        lane = taken;
    }

    FileMapper mapper() {
        if (mapper == null) {
            throw new IllegalStateException("The file " + header.path() + " was not begun");
        }
        return mapper;
    }

    PackSequence.Lane lane() {
        if (lane == null) {
            throw new IllegalStateException("The file " + header.path() + " was not begun");
        }
        return lane;
    }
}
