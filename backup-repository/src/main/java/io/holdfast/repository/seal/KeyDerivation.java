package io.holdfast.repository.seal;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** Derives keys from keys: HKDF with SHA-256 (RFC 5869). */
final class KeyDerivation {
    private KeyDerivation() {}

    /**
     * Derives bytes for one purpose.
     *
     * @param salt empty: 32 zeros, as the RFC says
     */
    static byte[] derive(byte[] key, byte[] salt, byte[] info, int length) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(key, salt, info));
        byte[] derived = new byte[length];
        generator.generateBytes(derived, 0, length);
        return derived;
    }

    /** Derives bytes for a purpose that is named in words. */
    static byte[] derive(byte[] key, String info, int length) {
        return derive(key, new byte[0], info.getBytes(StandardCharsets.US_ASCII), length);
    }
}
