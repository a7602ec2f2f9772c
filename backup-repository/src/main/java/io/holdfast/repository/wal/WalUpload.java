package io.holdfast.repository.wal;

import com.github.luben.zstd.ZstdOutputStream;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.store.FileSystemFailures;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/**
 * Stores one WAL object. Its beginning holds the digests of what follows, so the body is compressed into a spool file
 * first; memory stays small whatever the segment's size.
 */
record WalUpload(ObjectStore store, Path workDirectory, int zstdLevel) {
    /**
     * Stores an object unless the same is there.
     *
     * @param description its digests are filled in
     * @param plain as many bytes as {@code description} says
     * @throws RepositoryException.Conflict if other content is there
     */
    void put(ObjectKey key, WalObject description, InputStream plain) throws RepositoryException {
        try {
            Path spool = Files.createTempFile(workDirectory, "holdfast-wal-", "");
            try {
                put(key, compress(description, plain, spool), spool);
            } finally {
                Files.deleteIfExists(spool);
            }
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, "Spooling WAL in the work directory " + workDirectory);
        }
    }

    private WalObject compress(WalObject description, InputStream plain, Path spool) throws IOException {
        MessageDigest plainDigest = Sha256.digest();
        MessageDigest storedDigest = Sha256.digest();
        OutputStream out = new DigestOutputStream(Files.newOutputStream(spool), storedDigest);
        try (ZstdOutputStream zstd = new ZstdOutputStream(out, zstdLevel)) {
            zstd.setChecksum(true);
            byte[] buffer = new byte[1 << 16];
            for (int left = description.plainLength(); left > 0; ) {
                int count = plain.read(buffer, 0, Math.min(left, buffer.length));
                if (count < 0) {
                    throw new IOException("The spool file ends " + left + " bytes too early");
                }
                plainDigest.update(buffer, 0, count);
                zstd.write(buffer, 0, count);
                left -= count;
            }
        }
        return new WalObject(
                description.type(),
                description.systemIdentifier(),
                description.timeline(),
                description.segmentSize(),
                description.segmentNumber(),
                description.from(),
                description.to(),
                Sha256.hex(plainDigest),
                Sha256.hex(storedDigest));
    }

    private void put(ObjectKey key, WalObject object, Path body) throws IOException {
        try (ObjectUpload upload = store.upload(key);
                InputStream in = Files.newInputStream(body)) {
            byte[] beginning = object.encode();
            upload.write(beginning, 0, beginning.length);
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                upload.write(buffer, 0, count);
            }
            if (upload.commit() == PutOutcome.EXISTS) {
                requireSame(key, object);
            }
        }
    }

    private void requireSame(ObjectKey key, WalObject object) throws IOException {
        try (InputStream in = store.open(key, 0, WalObject.LENGTH)) {
            if (WalObject.decode(object.type(), in.readNBytes(WalObject.LENGTH)).holdsTheSameAs(object)) {
                return;
            }
        } catch (MalformedException e) {
            throw WalObjectStream.damaged(key, String.valueOf(e.getMessage()));
        }
        throw new RepositoryException.Conflict(
                "Other WAL is stored as " + key + " than is to be stored now.",
                "two servers with the same system identifier write here, or one was set back: give the new one a"
                        + " target of its own, and make a base backup of it.");
    }
}
