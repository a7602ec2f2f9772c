package io.holdfast.repository.index;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.CompressedBlock;
import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealBrokenException;
import io.holdfast.repository.store.ObjectStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads an index entry by entry. Holds one block. Not safe for use by several threads. */
public final class IndexReader implements AutoCloseable {
    /** The longest plain block that is read: one entry of a file of 64 TiB fits. */
    private static final int LONGEST_BLOCK = 32 << 20;

    private final IndexReference index;
    private final MessageDigest sha256 = Sha256.digest();
    private final BodyOpener opener;
    private final InputStream object;
    private InputStream in;
    private @Nullable FieldReader block;
    private long entries;

    private IndexReader(IndexReference index, InputStream in, BodyOpener opener) {
        this.index = index;
        this.opener = opener;
        this.object = new DigestInputStream(new BufferedInputStream(in, 1 << 16), sha256);
        this.in = object;
    }

    /**
     * Opens an index.
     *
     * @param keys if it is sealed
     */
    public static IndexReader open(ObjectStore store, IndexReference index, PlaceKeys keys) throws RepositoryException {
        return new IndexReader(index, store.open(index.key()), new BodyOpener(keys));
    }

    /**
     * Reads the whole object and checks its digest, without taking it apart.
     *
     * @throws RepositoryException.Damaged if length or digest are others
     */
    public static void check(ObjectStore store, IndexReference index) throws RepositoryException {
        MessageDigest digest = Sha256.digest();
        long length = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = store.open(index.key())) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
                length += count;
            }
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + index.key());
        }
        if (length != index.length()) {
            throw damaged(index, "it has " + length + " bytes, not " + index.length());
        }
        if (!Sha256.hex(digest).equals(index.sha256())) {
            throw damaged(index, "its SHA-256 is another one than the manifest says");
        }
    }

    /** The next entry, or empty at the end, once the end and the digest of everything read were checked. */
    public Optional<IndexEntry> next() throws RepositoryException {
        try {
            if (block == null) {
                in = opener.open(ObjectHeader.Type.INDEX, index.key(), object);
                block = nextBlock();
            }
            if (block.remaining() == 0) {
                block = nextBlock();
            }
            if (block.remaining() == 0) {
                return Optional.empty();
            }
            IndexEntry entry = IndexEntryCodec.decode(block);
            entries++;
            return Optional.of(entry);
        } catch (SealBrokenException e) {
            throw damaged(index, e.detail());
        } catch (MalformedException e) {
            throw damaged(index, e.getMessage() == null ? "it is malformed" : e.getMessage());
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + index.key());
        }
    }

    /** The next block, or an empty one behind the last. */
    private FieldReader nextBlock() throws IOException, MalformedException {
        FieldReader lengths = new FieldReader(in.readNBytes(8));
        int storedLength = lengths.u32();
        int plainLength = lengths.u32();
        if (storedLength == 0 && plainLength == 0) {
            requireEnd();
            return new FieldReader(new byte[0]);
        }
        if (plainLength < 1 || plainLength > LONGEST_BLOCK || storedLength < 1 || storedLength > LONGEST_BLOCK) {
            throw new MalformedException("a block's length cannot be");
        }
        byte[] stored = in.readNBytes(storedLength);
        if (stored.length != storedLength) {
            throw new MalformedException("it ends too early");
        }
        return new FieldReader(CompressedBlock.decompress(stored, plainLength));
    }

    private void requireEnd() throws IOException, MalformedException {
        FieldReader end = new FieldReader(in.readNBytes(8));
        if (end.u64() != entries || entries != index.entries()) {
            throw new MalformedException("it has " + entries + " entries, and says another number");
        }
        if (in.read() >= 0) {
            throw new MalformedException("bytes follow its end");
        }
        if (!Sha256.hex(sha256).equals(index.sha256())) {
            throw new MalformedException("its SHA-256 is another one than the manifest says");
        }
    }

    private static RepositoryException.Damaged damaged(IndexReference index, String detail) {
        return new RepositoryException.Damaged(
                index.key(),
                detail,
                "The index " + index.key() + " is damaged: " + detail + ".",
                "restore from another backup, and check the disk or bucket that the repository lies on.",
                null);
    }

    @Override
    public void close() throws RepositoryException {
        try {
            object.close();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + index.key());
        }
    }
}
