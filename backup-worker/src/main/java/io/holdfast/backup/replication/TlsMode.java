package io.holdfast.backup.replication;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How far a connection is protected; the names and meanings are libpq's.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-ssl.html">libpq's SSL support</a>
 */
public enum TlsMode {
    /** Never encrypted. */
    DISABLE,
    /** Encrypted where the server can. Protects against nobody who can change what is sent. */
    PREFER,
    /** Encrypted, whoever the server is. With root certificates given it means {@link #VERIFY_CA}, as in libpq. */
    REQUIRE,
    /** Encrypted, and the server's certificate comes from a trusted authority. */
    VERIFY_CA,
    /** As {@link #VERIFY_CA}, and the certificate names the host that was asked for. */
    VERIFY_FULL;

    /**
     * Reads libpq's spelling, such as {@code verify-full}.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static TlsMode of(String sslmode) {
        return Arrays.stream(values())
                .filter(mode -> mode.toString().equals(sslmode))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("sslmode " + sslmode + " is none of "
                        + Arrays.stream(values()).map(TlsMode::toString).collect(Collectors.joining(", "))));
    }

    /** libpq's spelling. */
    @Override
    public String toString() {
        return switch (this) {
            case DISABLE -> "disable";
            case PREFER -> "prefer";
            case REQUIRE -> "require";
            case VERIFY_CA -> "verify-ca";
            case VERIFY_FULL -> "verify-full";
        };
    }
}
