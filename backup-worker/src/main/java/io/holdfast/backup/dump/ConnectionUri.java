package io.holdfast.backup.dump;

import io.holdfast.backup.source.SourceServer;
import java.nio.charset.StandardCharsets;

/**
 * The address of a database as libpq's tools take it: a URI in which every byte of a name that is not a letter or digit
 * is percent-encoded. So no name can be read as an option, a keyword or another host, and what goes into the argument
 * vector is ASCII: the JDK would turn other characters into question marks under a C locale. Holds no password.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">Connection URIs</a>
 */
final class ConnectionUri {
    private ConnectionUri() {}

    static String of(SourceServer server, String database) {
        return "postgresql:///?host=" + encoded(server.host())
                + "&port=" + server.port()
                + "&user=" + encoded(server.user())
                + "&dbname=" + encoded(database);
    }

    private static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
            if (b == 0) {
                throw new IllegalArgumentException("names have no zero character");
            }
            if (plain) {
                out.append((char) b);
            } else {
                out.append("%%%02X".formatted(b & 0xff));
            }
        }
        return out.toString();
    }
}
