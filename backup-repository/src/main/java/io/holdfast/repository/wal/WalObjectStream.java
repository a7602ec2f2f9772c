package io.holdfast.repository.wal;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealBrokenException;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/** The plain bytes of a WAL object. Both digests are checked when the last byte is taken. */
final class WalObjectStream extends InputStream {
    /** Refuses frames that ask for more memory than any writer's: a window of 16 MiB. */
    private static final int LARGEST_WINDOW_LOG = 24;

    private final Stored stored;
    private final MessageDigest plain;
    private final InputStream in;
    private long remaining;
    private boolean checked;

    private WalObjectStream(Stored stored, Optional<SealingKey> dataKey, BodyOpener opener) throws IOException {
        this.stored = stored;
        this.plain = stored.indexKey.map(SealingKey::walContent).orElseGet(Sha256::digest);
        this.remaining = stored.object.plainLength();
        ZstdInputStream zstd =
                new ZstdInputStream(opener.body(stored.object.header(), stored.key, dataKey, stored.rest));
        zstd.setLongMax(LARGEST_WINDOW_LOG);
        this.in = zstd;
    }

    /** An object whose beginning was read; the rest is hashed while it is read. */
    private record Stored(
            ObjectKey key, WalObject object, Optional<SealingKey> indexKey, InputStream rest, MessageDigest digest) {

        static Stored read(InputStream in, ObjectKey key, ObjectHeader.Type type, PlaceKeys keys)
                throws IOException, MalformedException {
            WalObject object = WalObject.decode(type, in.readNBytes(WalObject.LENGTH));
            MessageDigest digest = Sha256.digest();
            InputStream rest = new DigestInputStream(in, digest);
            Optional<SealingKey> indexKey = Optional.empty();
            if (object.isSealed()) {
                indexKey = Optional.of(keys.indexKey(keyId(rest.readNBytes(KeyId.LENGTH)), key));
            }
            return new Stored(key, object, indexKey, rest, digest);
        }

        void check() throws RepositoryException {
            if (!object.storedDigest(digest.digest(), indexKey).equals(object.storedDigest())) {
                throw damaged(key, "the SHA-256 of its stored bytes is another one");
            }
        }
    }

    /** The identifier of the index key in the beginning of a sealed object. */
    static KeyId indexKeyIn(byte[] beginning) throws MalformedException {
        return keyId(Arrays.copyOfRange(beginning, Math.min(WalObject.LENGTH, beginning.length), beginning.length));
    }

    private static KeyId keyId(byte[] id) throws MalformedException {
        try {
            return KeyId.of(id);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("it names no index key", e);
        }
    }

    /** Does something with an object that was opened. */
    @FunctionalInterface
    private interface Use<T> {
        T of(Stored stored) throws IOException, MalformedException;
    }

    /**
     * Opens an object.
     *
     * @throws RepositoryException.Damaged if its beginning is damaged
     * @throws RepositoryException.Denied if it is sealed, and a key is not here
     */
    static WalObjectStream open(ObjectStore store, ObjectKey key, ObjectHeader.Type type, PlaceKeys keys)
            throws RepositoryException {
        BodyOpener opener = new BodyOpener(keys);
        return use(
                store,
                key,
                type,
                keys,
                stored -> new WalObjectStream(stored, opener.key(type, stored.object.header(), key), opener));
    }

    /**
     * Checks the stored bytes of an object, for which its data key need not be here.
     *
     * @return what it says of itself
     */
    static WalObject check(ObjectStore store, ObjectKey key, ObjectHeader.Type type, PlaceKeys keys)
            throws RepositoryException {
        return use(store, key, type, keys, stored -> {
            try (InputStream rest = stored.rest) {
                rest.transferTo(OutputStream.nullOutputStream());
            }
            stored.check();
            return stored.object;
        });
    }

    private static <T> T use(ObjectStore store, ObjectKey key, ObjectHeader.Type type, PlaceKeys keys, Use<T> use)
            throws RepositoryException {
        InputStream in = new BufferedInputStream(store.open(key), 1 << 16);
        try {
            return use.of(Stored.read(in, key, type, keys));
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
        return stored.object;
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
                throw damaged(stored.key, "it ends " + remaining + " bytes too early");
            }
            plain.update(bytes, offset, count);
            remaining -= count;
            if (remaining == 0) {
                // The last bytes are not handed out before they are known to be right.
                check();
            }
            return count;
        } catch (SealBrokenException e) {
            throw damaged(stored.key, e.detail());
        } catch (ZstdIOException e) {
            throw damaged(stored.key, "it does not decompress: " + e.getMessage());
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + stored.key);
        }
    }

    private void check() throws IOException {
        if (checked) {
            return;
        }
        checked = true;
        if (in.read() >= 0) {
            throw damaged(stored.key, "it holds more bytes than it says");
        }
        if (!Sha256.hex(plain).equals(stored.object.plainDigest())) {
            throw damaged(stored.key, "the SHA-256 of its content is another one");
        }
        stored.check();
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
            throw RepositoryException.from(e, "Reading " + stored.key);
        }
    }
}
