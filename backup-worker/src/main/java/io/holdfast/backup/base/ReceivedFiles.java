package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.store.FileSystemFailures;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What came of each file: length and CRC-32C, to be compared with what the server's manifest says was sent. The list lies on
 * disk, as long as the names together and 22 bytes more for each. The server names files in its manifest as it sends them, so
 * that both are gone through side by side; memory is needed only for what is out of order, and bounded. For one thread:
 * first all files are added, then claimed.
 *
 * @see <a href="https://www.postgresql.org/docs/current/backup-manifest-format.html">Backup manifest format</a>
 */
final class ReceivedFiles implements Closeable {
    /** How many files may have come earlier than the manifest names them: about 20 MB of memory. */
    static final int MOST_AHEAD = 100_000;

    /** How many names are compared with each other at a time: 8 MB of memory. */
    private static final int MOST_COMPARED = 1_000_000;

    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final DataOutputStream out;
    private final MessageDigest digest;
    private final Map<String, Content> ahead = new HashMap<>();
    private @Nullable DataInputStream in;
    private long added;
    private long read;
    private long claimed;
    private long bytes;

    /**
     * The content of a file.
     *
     * @param crc32c unsigned
     */
    record Content(long length, int crc32c) {}

    private record Received(String path, long nameHash, Content content) {}

    private ReceivedFiles(Path file, DataOutputStream out) {
        this.file = file;
        this.out = out;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** An empty list in a file of its own. */
    static ReceivedFiles in(Path folder) throws IOException {
        try {
            Path file = Files.createTempFile(folder, "received-", "");
            return new ReceivedFiles(
                    file, new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER)));
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Making the list of received files in " + folder);
        }
    }

    void add(FilePath path, long length, CRC32C sum) throws IOException {
        byte[] name = path.value().getBytes(StandardCharsets.UTF_8);
        try {
            out.writeShort(name.length);
            out.write(name);
            out.writeLong(hash(name));
            out.writeLong(length);
            out.writeInt((int) sum.getValue());
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Writing the list of received files " + file);
        }
        added++;
        bytes += length;
    }

    private long hash(byte[] name) {
        return ByteBuffer.wrap(digest.digest(name)).getLong();
    }

    /** Ends the adding. No file may have come twice: it could not be restored. */
    void requireDistinct() throws IOException {
        // One part of the names after another, each so small that it can be sorted in memory.
        long parts = (added - 1) / (MOST_COMPARED / 2) + 1;
        for (long part = 0; part < parts; part++) {
            requireDistinct(part, parts);
        }
    }

    private void requireDistinct(long part, long parts) throws IOException {
        long[] hashes = new long[(int) Math.min(added, MOST_COMPARED)];
        int count = 0;
        try (DataInputStream list = open()) {
            for (long i = 0; i < added; i++) {
                long hash = next(list).nameHash();
                if (Long.remainderUnsigned(hash, parts) == part) {
                    hashes[count++] = hash;
                }
            }
        }
        Arrays.sort(hashes, 0, count);
        for (int i = 1; i < count; i++) {
            if (hashes[i] == hashes[i - 1]) {
                throw new MalformedStreamException("the file " + named(hashes[i]) + " twice");
            }
        }
    }

    private String named(long hash) throws IOException {
        try (DataInputStream list = open()) {
            while (true) {
                Received found = next(list);
                if (found.nameHash() == hash) {
                    return found.path();
                }
            }
        }
    }

    /** Takes a file off the list, as the manifest names it. */
    Optional<Content> claim(String path) throws IOException {
        Content earlier = ahead.remove(path);
        if (earlier != null) {
            claimed++;
            return Optional.of(earlier);
        }
        while (read < added) {
            Received next = next(reading());
            read++;
            if (next.path().equals(path)) {
                claimed++;
                return Optional.of(next.content());
            }
            ahead.put(next.path(), next.content());
            if (ahead.size() > MOST_AHEAD) {
                throw new MalformedStreamException("more than " + MOST_AHEAD + " files before " + path
                        + ", which the backup manifest names earlier");
            }
        }
        return Optional.empty();
    }

    private DataInputStream reading() throws IOException {
        DataInputStream list = in;
        if (list == null) {
            list = open();
            in = list;
        }
        return list;
    }

    private DataInputStream open() throws IOException {
        try {
            out.close();
            return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Completing the list of received files " + file);
        }
    }

    private Received next(DataInputStream list) throws IOException {
        try {
            byte[] name = new byte[list.readUnsignedShort()];
            list.readFully(name);
            return new Received(
                    new String(name, StandardCharsets.UTF_8),
                    list.readLong(),
                    new Content(list.readLong(), list.readInt()));
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Reading the list of received files " + file);
        }
    }

    /** Some of the files that nobody has claimed, at most three. */
    List<String> unclaimed() throws IOException {
        while (read < added && ahead.size() < 3) {
            Received next = next(reading());
            read++;
            ahead.put(next.path(), next.content());
        }
        return ahead.keySet().stream().sorted().limit(3).toList();
    }

    /** How many nobody has claimed. */
    long count() {
        return added - claimed;
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        try {
            out.close();
            if (in != null) {
                in.close();
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
