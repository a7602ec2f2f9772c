package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.store.ObjectKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.spec.SecretKeySpec;

/**
 * A data key or an index key: 256 secret bits and what is derived from them. Never shows them. Safe for use by several
 * threads, but for {@link #destroy}.
 */
public final class SealingKey {
    /** Bytes of a key. */
    public static final int LENGTH = 32;

    private final byte[] secret;
    private final KeyId id;
    private boolean destroyed;

    /**
     * A key of these bytes, which are copied.
     *
     * @throws IllegalArgumentException if they are not 32
     */
    public SealingKey(byte[] secret) {
        if (secret.length != LENGTH) {
            throw new IllegalArgumentException("A key has " + LENGTH + " bytes, not " + secret.length);
        }
        this.secret = secret.clone();
        this.id = KeyId.of(KeyDerivation.derive(secret, "holdfast key id", KeyId.LENGTH));
    }

    /** Names this key. */
    public KeyId id() {
        return id;
    }

    /** A copy of the secret bytes, for wrapping. */
    public byte[] secret() {
        return held().clone();
    }

    /** The key of one object: bound to the object's type, to this key, to a random salt and to the object's name. */
    SecretKeySpec objectKey(ObjectHeader header, ObjectKey name) {
        return aes(header, name.value());
    }

    /** The key of all frames of an attempt; {@code prefix} is what the names of its packs begin with. */
    SecretKeySpec frameKey(ObjectHeader header, String prefix) {
        return aes(header, prefix);
    }

    private SecretKeySpec aes(ObjectHeader header, String name) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        byte[] info = ByteBuffer.allocate(ObjectHeader.AT_SALT + ascii.length)
                .put(header.bytes(), 0, ObjectHeader.AT_SALT)
                .put(ascii)
                .array();
        byte[] key = KeyDerivation.derive(held(), header.salt(), info, LENGTH);
        return new SecretKeySpec(key, "AES");
    }

    /** The index key of a target, of which this is the master. */
    public SealingKey indexKey(String repositoryId, String target) {
        return new SealingKey(
                KeyDerivation.derive(held(), "holdfast index key " + repositoryId + "/" + target, LENGTH));
    }

    /** HMAC-SHA-256 under a key for names of maps. */
    public MessageDigest mapNames() {
        return keyed("holdfast map names");
    }

    /** HMAC-SHA-256 under a key for the plain bytes of WAL. */
    public MessageDigest walContent() {
        return keyed("holdfast wal content");
    }

    /** HMAC-SHA-256 under a key for the stored bytes of WAL. */
    public MessageDigest walObjects() {
        return keyed("holdfast wal objects");
    }

    private MessageDigest keyed(String info) {
        return new KeyedDigest(KeyDerivation.derive(held(), info, LENGTH));
    }

    /** The seed of a place's page hashes. */
    public long pageHashSeed(String place) {
        return ByteBuffer.wrap(KeyDerivation.derive(held(), "holdfast page hashes " + place, Long.BYTES))
                .getLong();
    }

    private byte[] held() {
        if (destroyed) {
            throw new IllegalStateException("The key " + id + " was destroyed");
        }
        return secret;
    }

    /** Overwrites the secret bytes; the key is of no use any more. */
    public void destroy() {
        destroyed = true;
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SealingKey that && MessageDigest.isEqual(secret, that.secret);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** The identifier alone. */
    @Override
    public String toString() {
        return "SealingKey[" + id + "]";
    }
}
