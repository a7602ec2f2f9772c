package io.holdfast.repository.seal;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 in the place of a digest, so that both can be fed the same way. */
final class KeyedDigest extends MessageDigest {
    private static final String ALGORITHM = "HmacSHA256";

    private final Mac mac;

    KeyedDigest(byte[] key) {
        super(ALGORITHM);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("This Java has no HMAC-SHA-256, which every one must have", e);
        }
    }

    @Override
    protected void engineUpdate(byte input) {
        mac.update(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        mac.update(input, offset, length);
    }

    @Override
    protected byte[] engineDigest() {
        return mac.doFinal();
    }

    @Override
    protected void engineReset() {
        mac.reset();
    }
}
