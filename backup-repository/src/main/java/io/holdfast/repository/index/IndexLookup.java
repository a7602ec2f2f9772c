package io.holdfast.repository.index;

import com.dynatrace.hash4j.hashing.Hashing;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.store.FileSystemFailures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an index, found by path. They lie in two files of the work directory: the entries as they came, and a hash
 * table of where each begins. Memory does not depend on their number. For one thread, but for {@link #close}, after which
 * everything else fails.
 */
public final class IndexLookup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexLookup.class);

    /** A slot: the hash of a path, and where its entry begins, plus one; an empty slot is zeros. */
    private static final int SLOT = 16;

    private static final int FEWEST_SLOTS = 16;

    /** Entries are gathered in memory up to this length before they are written. */
    private static final int GATHERED = 64 << 10;

    private final Path entriesFile;
    private final Path slotsFile;
    private final FileChannel entries;
    private final FileChannel slots;
    private final long slotCount;
    private FieldWriter gathered = new FieldWriter();
    private long written;

    private IndexLookup(Path entriesFile, Path slotsFile, FileChannel entries, FileChannel slots, long slotCount) {
        this.entriesFile = entriesFile;
        this.slotsFile = slotsFile;
        this.entries = entries;
        this.slots = slots;
        this.slotCount = slotCount;
    }

    /**
     * Reads an index to its end, which checks its digest.
     *
     * @param workDirectory an existing directory; takes about as much as the index has plain bytes
     * @param entryCount how many entries the index has
     */
    public static IndexLookup of(IndexReader index, long entryCount, Path workDirectory) throws RepositoryException {
        IndexLookup lookup = in(workDirectory, entryCount);
        try {
            for (Optional<IndexEntry> entry = index.next(); entry.isPresent(); entry = index.next()) {
                if (entry.get() instanceof IndexEntry.WithContent file) {
                    lookup.add(file);
                }
            }
            lookup.flush();
            return lookup;
        } catch (RepositoryException | RuntimeException | Error e) {
            lookup.close();
            throw e;
        }
    }

    private static IndexLookup in(Path workDirectory, long entryCount) throws RepositoryException {
        long slotCount = Math.max(FEWEST_SLOTS, Long.highestOneBit(Math.max(1, entryCount)) * 4);
        try {
            Path entriesFile = Files.createTempFile(workDirectory, "holdfast-parent-", "");
            Path slotsFile = Files.createTempFile(workDirectory, "holdfast-parent-slots-", "");
            FileChannel entries = FileChannel.open(entriesFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileChannel slots = FileChannel.open(slotsFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new IndexLookup(entriesFile, slotsFile, entries, slots, slotCount);
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Making a spool file in the work directory " + workDirectory);
        }
    }

    private void add(IndexEntry.WithContent file) throws RepositoryException {
        FieldWriter encoded = new FieldWriter();
        IndexEntryCodec.encode(file, encoded);
        long at = written + gathered.length();
        gathered.u32(encoded.length()).raw(encoded.toByteArray());
        if (gathered.length() >= GATHERED) {
            flush();
        }
        long hash = hash(file.path(), file instanceof IndexEntry.Attachment);
        long slot = hash & (slotCount - 1);
        try {
            while (slot(slot).getLong(Long.BYTES) != 0) {
                slot = (slot + 1) & (slotCount - 1);
            }
            ByteBuffer filled =
                    ByteBuffer.allocate(SLOT).putLong(hash).putLong(at + 1).flip();
            writeFully(slots, filled, slot * SLOT);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void flush() throws RepositoryException {
        try {
            byte[] bytes = gathered.toByteArray();
            writeFully(entries, ByteBuffer.wrap(bytes), written);
            written += bytes.length;
            gathered = new FieldWriter();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** A file of the restored directory, if there is one of this path. */
    public Optional<IndexEntry.WithContent> file(FilePath path) throws RepositoryException {
        return find(path, false);
    }

    /** An attachment, if there is one of this path. */
    public Optional<IndexEntry.WithContent> attachment(FilePath path) throws RepositoryException {
        return find(path, true);
    }

    private Optional<IndexEntry.WithContent> find(FilePath path, boolean attached) throws RepositoryException {
        long hash = hash(path, attached);
        try {
            for (long slot = hash & (slotCount - 1); ; slot = (slot + 1) & (slotCount - 1)) {
                ByteBuffer found = slot(slot);
                long at = found.getLong(Long.BYTES) - 1;
                if (at < 0) {
                    return Optional.empty();
                }
                if (found.getLong(0) == hash) {
                    IndexEntry.WithContent entry = entry(at);
                    if (entry.path().equals(path) && entry instanceof IndexEntry.Attachment == attached) {
                        return Optional.of(entry);
                    }
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private IndexEntry.WithContent entry(long at) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
        readFully(entries, length, at);
        ByteBuffer encoded = ByteBuffer.allocate(length.getInt(0));
        readFully(entries, encoded, at + Integer.BYTES);
        try {
            return (IndexEntry.WithContent) IndexEntryCodec.decode(new FieldReader(encoded.array()));
        } catch (MalformedException e) {
            throw new IOException("the spool file " + entriesFile + " was changed by somebody", e);
        }
    }

    /** A slot as it lies there; what was never written is zeros. */
    private ByteBuffer slot(long number) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(SLOT);
        long at = number * SLOT;
        while (slot.hasRemaining() && slots.read(slot, at + slot.position()) >= 0) {
            // Reads on until the slot is full or the file ends.
        }
        return slot;
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long at) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, at + into.position()) < 0) {
                throw new IOException("a spool file of the parent's index ends too early");
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            channel.write(bytes, at + bytes.position() - start);
        }
    }

    private static long hash(FilePath path, boolean attached) {
        return Hashing.xxh3_64(attached ? 1 : 0).hashBytesToLong(path.utf8());
    }

    private RepositoryException failed(IOException e) {
        return e instanceof ClosedChannelException
                ? new RepositoryException.Unavailable(
                        "The spool file " + entriesFile + " was given up with its backup.",
                        "request the backup again.",
                        e)
                : FileSystemFailures.classify(e, "Using the spool file " + entriesFile);
    }

    /** Removes the files. */
    @Override
    public void close() {
        remove(entriesFile, entries);
        remove(slotsFile, slots);
    }

    private static void remove(Path file, FileChannel channel) {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The spool file {} could not be removed; it may be deleted", file, e);
        }
    }
}
