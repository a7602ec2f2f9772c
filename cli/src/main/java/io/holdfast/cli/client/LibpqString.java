package io.holdfast.cli.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A libpq connection string of keywords and values.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING">Connection strings</a>
 */
public record LibpqString(Map<String, String> keywords) {

    /** Reads {@code host=127.0.0.1 port=5432 dbname='a b'}. */
    public static LibpqString parse(String text) {
        Map<String, String> keywords = new LinkedHashMap<>();
        int at = 0;
        while (at < text.length()) {
            if (text.charAt(at) == ' ') {
                at++;
                continue;
            }
            int equals = text.indexOf('=', at);
            if (equals < 0) {
                throw new IllegalArgumentException("no '=' after '" + text.substring(at) + "'");
            }
            StringBuilder value = new StringBuilder();
            int end = value(text, equals + 1, value);
            keywords.put(text.substring(at, equals).strip(), value.toString());
            at = end;
        }
        return new LibpqString(keywords);
    }

    /** Appends the value that begins at a position; returns where it ends. */
    private static int value(String text, int from, StringBuilder value) {
        boolean quoted = from < text.length() && text.charAt(from) == '\'';
        int at = quoted ? from + 1 : from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                value.append(text.charAt(at + 1));
                at += 2;
            } else if (quoted ? c == '\'' : c == ' ') {
                return at + 1;
            } else {
                value.append(c);
                at++;
            }
        }
        if (quoted) {
            throw new IllegalArgumentException("a quote is not closed");
        }
        return at;
    }

    /** The same server, another of its databases. */
    public LibpqString database(String name) {
        Map<String, String> changed = new LinkedHashMap<>(keywords);
        changed.put("dbname", name);
        return new LibpqString(changed);
    }

    /** For the JDBC driver. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + keywords.getOrDefault("host", "127.0.0.1") + ":"
                + keywords.getOrDefault("port", "5432") + "/" + keywords.getOrDefault("dbname", "postgres");
    }

    /** As libpq reads it. */
    @Override
    public String toString() {
        return keywords.entrySet().stream()
                .map(each -> each.getKey() + "=" + quoted(each.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String quoted(String value) {
        boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> c <= ' ' || c == '\'' || c == '\\');
        return plain ? value : "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    public String user() {
        return keywords.getOrDefault("user", "postgres");
    }
}
