package io.holdfast.scheduler.configuration;

import io.holdfast.events.definition.PostgresServer;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code postgres} of a target. */
final class PostgresReader {

    static final List<String> KEYS = List.of(
            "host",
            "port",
            "hosts",
            "user",
            "password",
            "database",
            "ssl_mode",
            "ssl_root_cert",
            "ssl_cert",
            "ssl_key",
            "allow_cleartext",
            "max_rate");

    private static final List<String> SSL_MODES = List.of("disable", "prefer", "require", "verify-ca", "verify-full");
    private static final Pattern RATE = Pattern.compile("(\\d{1,9}) ?(kb|mb|gb)");
    // The bounds of BASE_BACKUP's MAX_RATE.
    private static final long LEAST_KIB = 32;
    private static final long MOST_KIB = 1024 * 1024;

    private PostgresReader() {}

    static @Nullable PostgresServer read(Section section) {
        ClusterMembers members = ClusterMembers.read(section);
        String user = section.requiredText("user", "name a role with REPLICATION, such as `user: backup`");
        String password = section.secretReference("password");
        String database = section.text("database");
        String sslMode = section.oneOf("ssl_mode", SSL_MODES, "prefer");
        String rootCertificate = section.secretReference("ssl_root_cert");
        String certificate = section.secretReference("ssl_cert");
        String key = section.secretReference("ssl_key");
        if (section.values().containsKey("ssl_cert") != section.values().containsKey("ssl_key")) {
            section.problems()
                    .add(
                            section.where(certificate == null ? "ssl_key" : "ssl_cert"),
                            "ssl_cert and ssl_key belong together",
                            "give both, or none");
        }
        boolean cleartext = section.flag("allow_cleartext", false);
        Integer rate = section.read(
                "max_rate",
                section.text("max_rate"),
                PostgresReader::kibPerSecond,
                "write a size per second from 32kB to 1GB, such as \"50MB\"");
        if (members == null || user == null) {
            return null;
        }
        return new PostgresServer(
                members.host(),
                members.port(),
                user,
                password,
                database == null ? "postgres" : database,
                sslMode,
                rootCertificate,
                certificate,
                key,
                cleartext,
                rate,
                members.all());
    }

    private static Integer kibPerSecond(String text) {
        Matcher matcher = RATE.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a size with kB, MB or GB");
        }
        long unit = switch (matcher.group(2)) {
            case "kb" -> 1;
            case "mb" -> 1024;
            default -> 1024 * 1024;
        };
        long kib = Long.parseLong(matcher.group(1)) * unit;
        if (kib < LEAST_KIB || kib > MOST_KIB) {
            throw new IllegalArgumentException("is not between 32kB and 1GB");
        }
        return (int) kib;
    }
}
