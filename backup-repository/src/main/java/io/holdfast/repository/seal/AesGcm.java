package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.MalformedException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Cipher;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM with a 16-byte tag behind the sealed bytes (NIST SP 800-38D). Whoever uses it sees to it that no nonce comes
 * twice under one key. Not safe for use by several threads: each has its own, and uses it again and again.
 */
final class AesGcm {
    /** Bytes by which sealing lengthens. */
    static final int TAG = 16;

    private static final int NONCE = 12;

    private final Cipher cipher;

    AesGcm() {
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
            throw new IllegalStateException("This Java has no AES-GCM, which every one must have", e);
        }
    }

    /** Seals bytes; gives the length of what was put at {@code outOffset} of {@code out}. The arrays are two. */
    int seal(SecretKeySpec key, long high, int low, byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            init(Cipher.ENCRYPT_MODE, key, high, low);
            return cipher.doFinal(in, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Sealing failed", e);
        }
    }

    /**
     * Opens what {@link #seal} made.
     *
     * @throws MalformedException if it was not made with this key and nonce, or was changed
     */
    int open(SecretKeySpec key, long high, int low, byte[] in, int offset, int length, byte[] out, int outOffset)
            throws MalformedException {
        try {
            init(Cipher.DECRYPT_MODE, key, high, low);
            return cipher.doFinal(in, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            // A tag that does not fit, too few bytes for a tag, or more of them than there is room for.
            throw new MalformedException("sealed bytes do not open with their key: they were changed or moved", e);
        }
    }

    private void init(int mode, SecretKeySpec key, long high, int low)
            throws InvalidKeyException, InvalidAlgorithmParameterException {
        byte[] nonce = ByteBuffer.allocate(NONCE).putLong(high).putInt(low).array();
        cipher.init(mode, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce));
    }
}
