package io.holdfast.repository.wal;

import com.github.luben.zstd.ZstdOutputStream;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.FileSystemFailures;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.UploadStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores one WAL object. Its beginning holds the digests of what follows, so the body is compressed into a spool file
 * first; memory stays small whatever the segment's size.
 */
record WalUpload(ObjectStore store, WalSeal seal, Path workDirectory, int zstdLevel) {
    private static final Logger LOG = LoggerFactory.getLogger(WalUpload.class);

    /** Bytes that can be read more than once. */
    @FunctionalInterface
    interface Plain {
        /** From the beginning; closed by whoever it belongs to. */
        InputStream read() throws IOException;
    }

    /**
     * Stores an object unless the same is there.
     *
     * @param description its digests are filled in
     * @param plain as many bytes as {@code description} says
     * @throws RepositoryException.Conflict if other content is there, or what is there cannot be compared
     */
    void put(ObjectKey key, WalObject description, Plain plain) throws RepositoryException {
        try {
            Path spool = Files.createTempFile(workDirectory, "holdfast-wal-", "");
            try {
                Optional<SealingKey> indexKey = seal.indexKey();
                WalObject object = compress(key, description, plain.read(), spool, indexKey);
                if (put(key, object, spool) == PutOutcome.EXISTS) {
                    requireSame(key, object, plain, indexKey);
                }
            } finally {
                Files.deleteIfExists(spool);
            }
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Spooling WAL in the work directory " + workDirectory);
        }
    }

    /**
     * Compares bytes with an object that is there, by its digest; it is not opened. An object that is not what its name says
     * compares with nothing: that is logged.
     *
     * @param description of the stretch that the object is to hold
     * @param plain as many bytes as {@code description} says
     * @throws RepositoryException.Conflict if it holds other bytes, or cannot be compared for want of a key
     */
    void requireSame(ObjectKey key, WalObject description, Plain plain) throws RepositoryException {
        try {
            Optional<StoredBytes> there = storedBytes(key, description);
            if (there.isPresent()) {
                copy(plain.read(), description.plainLength(), there.get().digest(), OutputStream.nullOutputStream());
                there.get().requireSame();
            }
        } catch (IOException e) {
            throw RepositoryException.from(e, "Comparing with " + key);
        }
    }

    /**
     * An object that bytes can be compared with.
     *
     * @param plainDigest what it says that its bytes come to
     * @param digest takes the bytes that are compared, in their order
     */
    record StoredBytes(ObjectKey key, String plainDigest, MessageDigest digest) {
        /**
         * To be asked once, when all bytes were taken.
         *
         * @throws RepositoryException.Conflict if they are others than the object's
         */
        void requireSame() throws RepositoryException {
            if (!plainDigest.equals(Sha256.hex(digest))) {
                throw otherWal(key);
            }
        }
    }

    /**
     * Makes ready to compare bytes with an object.
     *
     * @return empty if it is not what its name says: that is logged
     * @throws RepositoryException.Conflict if it cannot be compared for want of a key
     */
    Optional<StoredBytes> storedBytes(ObjectKey key, WalObject description) throws RepositoryException {
        try (InputStream in = store.open(key, 0, WalObject.LENGTH + KeyId.LENGTH)) {
            byte[] beginning = in.readAllBytes();
            WalObject there = WalObject.decode(description.type(), beginning);
            if (!there.describesTheSameAs(description)) {
                LOG.warn("{} says of itself that it is something else; nothing is compared with it", key);
                return Optional.empty();
            }
            MessageDigest digest = there.isSealed() ? indexKeyOf(key, beginning).walContent() : Sha256.digest();
            return Optional.of(new StoredBytes(key, there.plainDigest(), digest));
        } catch (MalformedException e) {
            LOG.warn("{} is damaged, nothing is compared with it: {}", key, e.getMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Comparing with " + key);
        }
    }

    private SealingKey indexKeyOf(ObjectKey key, byte[] beginning) throws RepositoryException, MalformedException {
        SealingKey newest = seal.indexKey().orElseThrow(() -> onlySealed(key));
        KeyId there = WalObjectStream.indexKeyIn(beginning);
        return newest.id().equals(there) ? newest : earlier(there, key);
    }

    private WalObject compress(
            ObjectKey key, WalObject description, InputStream plain, Path spool, Optional<SealingKey> indexKey)
            throws IOException {
        BodySeal bodySeal = seal.next();
        ObjectHeader header = bodySeal.header(description.type());
        MessageDigest plainDigest = indexKey.map(SealingKey::walContent).orElseGet(Sha256::digest);
        MessageDigest rest = Sha256.digest();
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(spool), rest)) {
            if (indexKey.isPresent()) {
                out.write(indexKey.get().id().bytes());
            }
            try (ZstdOutputStream zstd = new ZstdOutputStream(bodySeal.body(header, key, out), zstdLevel)) {
                zstd.setChecksum(true);
                copy(plain, description.plainLength(), plainDigest, zstd);
            }
        }
        WalObject unsigned = description.made(header, Sha256.hex(plainDigest), description.storedDigest());
        return unsigned.made(header, unsigned.plainDigest(), unsigned.storedDigest(rest.digest(), indexKey));
    }

    private static void copy(InputStream plain, int length, MessageDigest digest, OutputStream out) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int left = length; left > 0; ) {
            int count = plain.read(buffer, 0, Math.min(left, buffer.length));
            if (count < 0) {
                throw new IOException("The spool file ends " + left + " bytes too early");
            }
            digest.update(buffer, 0, count);
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    private PutOutcome put(ObjectKey key, WalObject object, Path body) throws IOException {
        try (ObjectUpload upload = store.upload(key)) {
            OutputStream out = new UploadStream(upload);
            out.write(object.encode());
            Files.copy(body, out);
            return upload.commit();
        }
    }

    private void requireSame(ObjectKey key, WalObject object, Plain plain, Optional<SealingKey> indexKey)
            throws IOException {
        try (InputStream in = store.open(key, 0, WalObject.LENGTH + KeyId.LENGTH)) {
            byte[] beginning = in.readAllBytes();
            WalObject there = WalObject.decode(object.type(), beginning);
            if (there.isSealed() != object.isSealed()) {
                throw there.isSealed() ? onlySealed(key) : notSealed(key);
            }
            WalObject compared = object;
            if (indexKey.isPresent() && !indexKey.get().id().equals(WalObjectStream.indexKeyIn(beginning))) {
                MessageDigest digest =
                        earlier(WalObjectStream.indexKeyIn(beginning), key).walContent();
                copy(plain.read(), object.plainLength(), digest, OutputStream.nullOutputStream());
                compared = object.made(object.header(), Sha256.hex(digest), object.storedDigest());
            }
            if (there.holdsTheSameAs(compared)) {
                return;
            }
        } catch (MalformedException e) {
            throw WalObjectStream.damaged(key, String.valueOf(e.getMessage()));
        }
        throw otherWal(key);
    }

    private static RepositoryException otherWal(ObjectKey key) {
        return RepositoryException.Conflict.ofContent(
                "Other WAL is stored as " + key + " than is to be stored now.",
                "two servers with the same system identifier write here, or one was set back, such as by a snapshot:"
                        + " give the new one a timeline of its own (stop it, make standby.signal, start it, select pg_promote()), or a target"
                        + " of its own, and make a base backup of it.");
    }

    private SealingKey earlier(KeyId indexKey, ObjectKey key) throws RepositoryException, MalformedException {
        try {
            return seal.indexKey(indexKey, key);
        } catch (RepositoryException.Denied e) {
            throw new RepositoryException.Conflict(
                    "WAL is stored as " + key + " under the index key " + indexKey
                            + ", which is not here, so it cannot be" + " compared.",
                    "list the index key from before under earlier_index_keys of the repository's encryption.");
        }
    }

    private static RepositoryException onlySealed(ObjectKey key) {
        return new RepositoryException.Conflict(
                "WAL is stored encrypted as " + key + ", and is to be stored unencrypted now.",
                "give this worker the encryption of the repository.");
    }

    private static RepositoryException notSealed(ObjectKey key) {
        return new RepositoryException.Conflict(
                "WAL is stored unencrypted as " + key + ", and an encrypted backup must not rest on it.",
                "run CHECKPOINT and select pg_switch_wal() on the primary, then request the backup again.");
    }
}
