package io.holdfast.scheduler.restore;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A database as libpq's URLs name it. A password has no place in it.
 *
 * @param sslMode libpq's sslmode, where given
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">Connection URIs</a>
 */
public record DatabaseUrl(
        String host,
        int port,
        String user,
        String database,
        @Nullable String sslMode) {

    private static final List<String> SSL_MODES = List.of("disable", "prefer", "require", "verify-ca", "verify-full");
    private static final int DEFAULT_PORT = 5432;

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException saying what is wrong, without repeating the URL: it may hold a password
     */
    public static DatabaseUrl parse(String text) {
        URI uri = uri(text);
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw new IllegalArgumentException("does not begin with postgresql://");
        }
        String login = uri.getRawUserInfo();
        if (login == null || login.isEmpty()) {
            throw new IllegalArgumentException("names no user");
        }
        if (login.contains(":")) {
            throw new IllegalArgumentException("holds a password, which goes into `password` as a reference");
        }
        String path = uri.getRawPath();
        if (uri.getHost() == null || path == null || path.length() < 2 || path.indexOf('/', 1) >= 0) {
            throw new IllegalArgumentException("does not name one host and one database");
        }
        return new DatabaseUrl(
                withoutBrackets(uri.getHost()),
                uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                decoded(login),
                decoded(path.substring(1)),
                sslMode(uri.getRawQuery()));
    }

    /** An IPv6 address has brackets in a URL only. */
    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            // The cause repeats the text.
            throw new IllegalArgumentException("is not a URL");
        }
    }

    private static @Nullable String sslMode(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return null;
        }
        String mode = query.startsWith("sslmode=") ? query.substring("sslmode=".length()) : "";
        if (!SSL_MODES.contains(mode)) {
            throw new IllegalArgumentException("may only have sslmode as parameter: " + String.join(", ", SSL_MODES));
        }
        return mode;
    }

    private static String decoded(String text) {
        // A plus sign stands for itself outside of forms.
        String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (decoded.isBlank() || decoded.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("holds an empty name or control characters");
        }
        return decoded;
    }
}
