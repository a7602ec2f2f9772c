package io.holdfast.repository.index;

import io.holdfast.repository.map.FileMap;
import java.time.Instant;
import java.util.List;

/** One line of a backup's index. */
public sealed interface IndexEntry {
    /** Where it lies within the backup. */
    FilePath path();

    /** Something with bytes. */
    sealed interface WithContent extends IndexEntry {
        /** Length in bytes. */
        long length();

        /** The maps of its bytes, each of {@link FileMap#BYTES_PER_PART} but for the last; none if it is empty. */
        List<MapReference> maps();
    }

    /**
     * A file.
     *
     * @param mode permission bits, such as 0600 (octal)
     * @param modified as the source said
     */
    record RegularFile(FilePath path, int mode, Instant modified, long length, List<MapReference> maps)
            implements WithContent {
        public RegularFile {
            maps = List.copyOf(maps);
        }
    }

    /**
     * Bytes that belong to the backup but not to the directory that is restored, such as PostgreSQL's own
     * {@code backup_manifest}.
     */
    record Attachment(FilePath path, long length, List<MapReference> maps) implements WithContent {
        public Attachment {
            maps = List.copyOf(maps);
        }
    }

    /**
     * A directory.
     *
     * @param mode permission bits
     */
    record Directory(FilePath path, int mode, Instant modified) implements IndexEntry {}

    /**
     * A symbolic link.
     *
     * @param destination as stored in the link; not followed, and not trusted when restoring
     */
    record SymbolicLink(FilePath path, String destination, Instant modified) implements IndexEntry {}
}
