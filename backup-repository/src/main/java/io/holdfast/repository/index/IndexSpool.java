package io.holdfast.repository.index;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.CompressedBlock;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.store.FileSystemFailures;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.UploadStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An index that grows in a file of the work directory while its backup is written. Entries are packed into blocks that are
 * compressed each on its own, so that neither writer nor reader holds the whole. Not safe for use by several threads, but
 * for {@link #close}, after which everything else fails.
 */
public final class IndexSpool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexSpool.class);

    /** A block is closed once its plain bytes are so many; one long entry may make it longer. */
    static final int BLOCK = 64 << 10;

    private final Path file;
    private final OutputStream out;
    private FieldWriter block = new FieldWriter();
    private long entries;
    private volatile boolean closed;

    private IndexSpool(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /** A new, empty spool. */
    public static IndexSpool in(Path workDirectory) throws RepositoryException {
        try {
            Path file = Files.createTempFile(workDirectory, "holdfast-index-", "");
            OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
            return new IndexSpool(file, out);
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Making a spool file in the work directory " + workDirectory);
        }
    }

    /** Adds an entry. */
    public void add(IndexEntry entry) throws RepositoryException {
        requireOpen();
        IndexEntryCodec.encode(entry, block);
        entries++;
        if (block.length() >= BLOCK) {
            endBlock();
        }
    }

    /** Entries so far. */
    public long entries() {
        return entries;
    }

    private void endBlock() throws RepositoryException {
        byte[] plain = block.toByteArray();
        byte[] stored = CompressedBlock.of(plain);
        write(new FieldWriter().u32(stored.length).u32(plain.length).raw(stored).toByteArray());
        block = new FieldWriter();
    }

    private void write(byte[] bytes) throws RepositoryException {
        requireOpen();
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Writing the spool file " + file);
        }
    }

    /**
     * Ends the index and hands its bytes to an upload, which the caller commits.
     *
     * @param key of the upload
     * @return the SHA-256 of them, 64 hexadecimal digits
     */
    public String copyTo(ObjectUpload upload, ObjectKey key, BodySeal seal) throws RepositoryException {
        if (block.length() > 0) {
            endBlock();
        }
        write(new FieldWriter().u32(0).u32(0).u64(entries).toByteArray());
        MessageDigest digest = Sha256.digest();
        OutputStream stored = new DigestOutputStream(new UploadStream(upload), digest);
        try {
            out.close();
            // If it was closed before, its last bytes were dropped.
            requireOpen();
            ObjectHeader header = seal.header(ObjectHeader.Type.INDEX);
            stored.write(header.bytes());
            try (OutputStream body = seal.body(header, key, stored)) {
                Files.copy(file, body);
            }
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Reading the spool file " + file);
        }
        return Sha256.hex(digest);
    }

    private void requireOpen() throws RepositoryException {
        if (closed) {
            throw new RepositoryException.Unavailable(
                    "The spool file " + file + " was given up with its backup.", "request the backup again.", null);
        }
    }

    /** Removes the spool file. */
    @Override
    public void close() {
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.debug("{} was not complete when it was given up", file, e);
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The spool file {} could not be removed; it may be deleted", file, e);
        }
    }
}
