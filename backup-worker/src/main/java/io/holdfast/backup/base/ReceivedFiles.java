package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What came of each file: length and CRC-32C, to be compared with what the server's manifest says was sent. Costs about
 * 200 bytes of memory per file while the backup runs.
 */
final class ReceivedFiles {
    private final Map<String, Content> files = new HashMap<>();
    private long bytes;

    /**
     * The content of a file.
     *
     * @param crc32c unsigned
     */
    record Content(long length, int crc32c) {}

    void add(FilePath path, long length, CRC32C sum) throws MalformedStreamException {
        bytes += length;
        if (files.put(path.value(), new Content(length, (int) sum.getValue())) != null) {
            throw new MalformedStreamException("the file " + path + " twice");
        }
    }

    /** Takes a file off the list, as the manifest names it. */
    Optional<Content> claim(String path) {
        return Optional.ofNullable(files.remove(path));
    }

    /** The files that nobody has claimed, at most three of them. */
    List<String> unclaimed() {
        return files.keySet().stream().sorted().limit(3).toList();
    }

    int count() {
        return files.size();
    }

    long bytes() {
        return bytes;
    }
}
