package io.holdfast.verifier.verification;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/** The checksums that PostgreSQL's manifests may hold. */
final class FileChecksum {

    private static final Map<String, String> DIGESTS =
            Map.of("SHA224", "SHA-224", "SHA256", "SHA-256", "SHA384", "SHA-384", "SHA512", "SHA-512");
    private static final int BUFFER = 128 * 1024;

    private FileChecksum() {}

    /**
     * Reads a file to its end and compares.
     *
     * @param read hears how many bytes came
     * @return whether it is the stated one; empty if the algorithm is not known
     */
    static Optional<Boolean> matches(InputStream content, String algorithm, String stated, LongConsumer read)
            throws IOException {
        if (isCrc32c(algorithm)) {
            CRC32C sum = new CRC32C();
            byte[] buffer = new byte[BUFFER];
            for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
                sum.update(buffer, 0, length);
                read.accept(length);
            }
            return Optional.of(isCrc32c((int) sum.getValue(), stated));
        }
        String name = DIGESTS.get(algorithm);
        if (name == null) {
            return Optional.empty();
        }
        MessageDigest digest = digest(name);
        byte[] buffer = new byte[BUFFER];
        for (int length = content.read(buffer); length >= 0; length = content.read(buffer)) {
            digest.update(buffer, 0, length);
            read.accept(length);
        }
        return Optional.of(stated.equals(HexFormat.of().formatHex(digest.digest())));
    }

    /** Whether an algorithm is the one that {@link #isCrc32c(int, String)} knows. */
    static boolean isCrc32c(String algorithm) {
        return algorithm.equals("CRC32C");
    }

    /** Whether a CRC-32C is the stated one. */
    static boolean isCrc32c(int value, String stated) {
        HexFormat hex = HexFormat.of();
        // The server writes the number's bytes in its machine's order.
        return stated.equals(hex.toHexDigits(Integer.reverseBytes(value))) || stated.equals(hex.toHexDigits(value));
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + name, e);
        }
    }
}
