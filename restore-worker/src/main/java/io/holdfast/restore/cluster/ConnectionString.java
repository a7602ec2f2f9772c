package io.holdfast.restore.cluster;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * A libpq connection string of keywords and values.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING">Connection strings</a>
 */
public final class ConnectionString {
    private ConnectionString() {}

    /** The string for these keywords, in their order; values are quoted where they have to be. */
    public static String of(Map<String, String> keywords) {
        return keywords.entrySet().stream()
                .map(each -> each.getKey() + "=" + quoted(each.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '\'' || c == '\\');
        return plain ? value : "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
