package io.holdfast.repository.restore;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.holdfast.repository.index.FilePath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Which paths a backup has, and what lies there. Eight bytes each, so that a million files take 8 MiB: a 64-bit hash under
 * a seed that nobody knows. Of a million files that the backup does not have, one is taken for its own, and left, in about
 * one of 18 million restores. Filled, closed, then asked; for one thread.
 */
final class KnownPaths {
    private static final char FILE = 'f';
    private static final char DIRECTORY = 'd';
    private static final char LINK = 'l';

    private final Hasher64 hasher = Hashing.xxh3_64(ThreadLocalRandom.current().nextLong());
    private long[] hashes = new long[1024];
    private int count;
    private String lastParent = "";

    void addFile(FilePath path) {
        add(FILE, path.value());
        addParents(path.value());
    }

    void addDirectory(FilePath path) {
        add(DIRECTORY, path.value());
        addParents(path.value());
    }

    void addLink(FilePath path) {
        add(LINK, path.value());
        addParents(path.value());
    }

    private void addParents(String path) {
        int end = path.lastIndexOf('/');
        String parent = end < 0 ? "" : path.substring(0, end);
        if (parent.equals(lastParent)) {
            return; // as most files have the one of the file before
        }
        lastParent = parent;
        for (int at = end; at > 0; at = path.lastIndexOf('/', at - 1)) {
            add(DIRECTORY, path.substring(0, at));
        }
    }

    private void add(char kind, String path) {
        if (count == hashes.length) {
            hashes = Arrays.copyOf(hashes, Math.multiplyExact(count, 2));
        }
        hashes[count++] = hash(kind, path);
    }

    /** Nothing is added from here on. */
    void close() {
        Arrays.sort(hashes, 0, count);
    }

    boolean hasFile(String path) {
        return has(FILE, path);
    }

    boolean hasDirectory(String path) {
        return has(DIRECTORY, path);
    }

    boolean hasLink(String path) {
        return has(LINK, path);
    }

    private boolean has(char kind, String path) {
        return Arrays.binarySearch(hashes, 0, count, hash(kind, path)) >= 0;
    }

    private long hash(char kind, String path) {
        byte[] bytes = (kind + path).getBytes(StandardCharsets.UTF_8);
        return hasher.hashBytesToLong(bytes, 0, bytes.length);
    }
}
