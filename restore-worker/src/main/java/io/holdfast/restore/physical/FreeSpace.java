package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Whether what is to be written finds room, asked before the first byte. */
final class FreeSpace {
    /** Room for the server's first checkpoint, its log and a new WAL segment or two. */
    private static final long RESERVE = 64L << 20;

    private FreeSpace() {}

    /**
     * Asks it.
     *
     * @param walBytes of the segments that go to {@code pg_wal}
     * @param kept whether what is there already is kept beside; otherwise it counts as if it stayed where it is
     */
    static void require(BackupReader backup, Destination destination, long walBytes, boolean kept)
            throws RepositoryException, RestoreException, IOException {
        Map<Path, Long> needed = needed(backup, destination, walBytes, kept);
        Map<FileStore, Long> byStore = new HashMap<>();
        for (Map.Entry<Path, Long> each : needed.entrySet()) {
            byStore.merge(Files.getFileStore(existing(each.getKey())), each.getValue(), Long::sum);
        }
        for (Map.Entry<FileStore, Long> each : byStore.entrySet()) {
            long free = each.getKey().getUsableSpace();
            if (free < each.getValue()) {
                throw new RestoreException(
                        FailureCategory.DESTINATION,
                        "%s has %d MiB free, the restore needs %d MiB."
                                .formatted(each.getKey(), free >> 20, each.getValue() >> 20),
                        (kept ? "make room, restore without a safety backup," : "make room")
                                + " or choose another directory; nothing was changed.");
            }
        }
    }

    /** How many bytes each directory of the destination still needs. */
    static Map<Path, Long> needed(BackupReader backup, Destination destination, long walBytes, boolean kept)
            throws RepositoryException, IOException {
        Map<Path, Long> needed = new HashMap<>();
        needed.put(destination.dataDirectory(), walBytes + RESERVE);
        backup.<IOException>forEachEntry(entry -> {
            if (entry instanceof IndexEntry.RegularFile file) {
                Path place = destination.placeOf(file.path());
                long there = kept ? 0 : present(file.path(), destination);
                needed.merge(place, Math.max(0, file.length() - there), Long::sum);
            }
        });
        return needed;
    }

    /** A file that has other names beside is made anew, and frees nothing. */
    private static long present(FilePath file, Destination destination) throws IOException {
        Path path = destination.resolve(file);
        boolean stays = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                && Integer.valueOf(1).equals(Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS));
        return stays ? Files.size(path) : 0;
    }

    /** The path, or what of the way to it is there. */
    static Path existing(Path path) {
        Path at = path;
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }
}
