package io.holdfast.scheduler.catalog;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A position in a server's log, which it writes {@code 2/3A0001F8}.
 *
 * @param bytes from the log's beginning, not negative
 * @see <a href="https://www.postgresql.org/docs/current/datatype-pg-lsn.html">pg_lsn</a>
 */
public record LogPosition(long bytes) implements Comparable<LogPosition> {

    private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    /** What a text says; empty where it says none, as nothing that came over the log is sure to. */
    public static Optional<LogPosition> of(@Nullable String text) {
        Matcher matcher = TEXT.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long bytes = Long.parseLong(matcher.group(1), 16) << 32 | Long.parseLong(matcher.group(2), 16);
        // No server lives so long that its log has 8 EiB.
        return bytes < 0 ? Optional.empty() : Optional.of(new LogPosition(bytes));
    }

    @Override
    public int compareTo(LogPosition other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "%X/%X".formatted(bytes >>> 32, bytes & 0xFFFFFFFFL);
    }
}
