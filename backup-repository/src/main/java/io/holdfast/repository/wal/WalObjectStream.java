package io.holdfast.repository.wal;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/** The plain bytes of a WAL object. Both digests are checked when the last byte is taken. */
final class WalObjectStream extends InputStream {
    /** Refuses frames that ask for more memory than any writer's: a window of 16 MiB. */
    private static final int LARGEST_WINDOW_LOG = 24;

    private final ObjectKey key;
    private final WalObject object;
    private final MessageDigest stored = Sha256.digest();
    private final MessageDigest plain = Sha256.digest();
    private final InputStream in;
    private long remaining;
    private boolean checked;

    private WalObjectStream(ObjectKey key, WalObject object, InputStream body) throws IOException {
        this.key = key;
        this.object = object;
        this.remaining = object.plainLength();
        ZstdInputStream zstd = new ZstdInputStream(new DigestInputStream(body, stored));
        zstd.setLongMax(LARGEST_WINDOW_LOG);
        this.in = zstd;
    }

    /**
     * Opens an object.
     *
     * @throws RepositoryException.Damaged if its beginning is damaged
     */
    static WalObjectStream open(ObjectStore store, ObjectKey key, ObjectHeader.Type type) throws RepositoryException {
        InputStream in = new BufferedInputStream(store.open(key), 1 << 16);
        try {
            return new WalObjectStream(key, WalObject.decode(type, in.readNBytes(WalObject.LENGTH)), in);
        } catch (MalformedException e) {
            closeQuietly(in, e);
            throw damaged(key, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            closeQuietly(in, e);
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    private static void closeQuietly(InputStream in, Exception cause) {
        try {
            in.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    WalObject object() {
        return object;
    }

    @Override
    public int read() throws RepositoryException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws RepositoryException {
        if (length == 0) {
            return 0;
        }
        try {
            if (remaining == 0) {
                check();
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, remaining));
            if (count < 0) {
                throw damaged(key, "it ends " + remaining + " bytes too early");
            }
            plain.update(bytes, offset, count);
            remaining -= count;
            if (remaining == 0) {
                // The last bytes are not handed out before they are known to be right.
                check();
            }
            return count;
        } catch (ZstdIOException e) {
            throw damaged(key, "it does not decompress: " + e.getMessage());
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }

    private void check() throws IOException {
        if (checked) {
            return;
        }
        checked = true;
        if (in.read() >= 0) {
            throw damaged(key, "it holds more bytes than it says");
        }
        if (!Sha256.hex(plain).equals(object.plainSha256())) {
            throw damaged(key, "the SHA-256 of its content is another one");
        }
        if (!Sha256.hex(stored).equals(object.storedSha256())) {
            throw damaged(key, "the SHA-256 of its stored bytes is another one");
        }
    }

    static RepositoryException.Damaged damaged(ObjectKey key, String detail) {
        return new RepositoryException.Damaged(
                key,
                detail,
                "The WAL object " + key + " is damaged: " + detail + ".",
                "restore to a moment before it, or make a new base backup now; check the disk or bucket.",
                null);
    }

    @Override
    public void close() throws RepositoryException {
        try {
            in.close();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
