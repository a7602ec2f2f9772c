package io.holdfast.backup.replication;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to encrypt, whom to trust and who we are. All files are PEM.
 *
 * @param mode how far to go
 * @param rootCertificates authorities to trust; null for those of the Java runtime
 * @param clientCertificate our certificate and its chain; null for none
 * @param clientKey its private key in PKCS#8, unencrypted; null exactly when the certificate is
 */
public record TlsSettings(
        TlsMode mode,
        @Nullable Path rootCertificates,
        @Nullable Path clientCertificate,
        @Nullable Path clientKey) {
    public TlsSettings {
        if ((clientCertificate == null) != (clientKey == null)) {
            throw new IllegalArgumentException("a client certificate and its key come together or not at all");
        }
    }

    /** A mode without any files. */
    public static TlsSettings of(TlsMode mode) {
        return new TlsSettings(mode, null, null, null);
    }

    /** Whether the server must prove who it is. */
    boolean verifies() {
        return switch (mode) {
            case DISABLE, PREFER -> false;
            case REQUIRE -> rootCertificates != null;
            case VERIFY_CA, VERIFY_FULL -> true;
        };
    }
}
