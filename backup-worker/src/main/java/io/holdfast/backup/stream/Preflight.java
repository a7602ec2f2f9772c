package io.holdfast.backup.stream;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server's settings mean for streaming from it.
 *
 * @param slotLimit {@code max_slot_wal_keep_size} in bytes; empty where there is no limit
 */
record Preflight(OptionalLong slotLimit) {
    private static final System.Logger LOG = System.getLogger(Preflight.class.getName());
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})(B|kB|MB|GB|TB)?");

    /**
     * Asks the server.
     *
     * @throws ReplicationException of cause CONFIGURATION where it cannot be streamed from, with everything that is missing
     */
    static Preflight of(ReplicationConnection connection, String address) throws ReplicationException {
        List<String> missing = new ArrayList<>();
        List<String> hints = new ArrayList<>();
        if (connection.show("wal_level").equals("minimal")) {
            missing.add("wal_level is minimal");
            hints.add("set wal_level = replica");
        }
        if (number(connection.show("max_replication_slots")) == 0) {
            missing.add("max_replication_slots is 0");
            hints.add("set max_replication_slots = 10");
        }
        if (!missing.isEmpty()) {
            throw ReplicationException.of(
                    FailureCause.CONFIGURATION,
                    "The log of PostgreSQL at " + address + " cannot be streamed: " + String.join(", ", missing) + ".",
                    "In postgresql.conf " + String.join(", ", hints)
                            + " and restart the server; or set wal: { stream: false } for the target.");
        }
        return new Preflight(limit(connection));
    }

    /** The server's {@code max_slot_wal_keep_size} in bytes; empty where there is no limit. */
    static OptionalLong limit(ReplicationConnection connection) throws ReplicationException {
        return bytes(connection.show("max_slot_wal_keep_size"));
    }

    /** Says what should be set; for the log. */
    void advise(String target) {
        if (slotLimit.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The server of {0} has no limit for what its slots keep: while the repository is away, its disk fills."
                            + " HINT: set max_slot_wal_keep_size to what fits there, such as 20GB, and reload the server.",
                    target);
        }
    }

    private static long number(String text) {
        return bytes(text).orElse(0);
    }

    /** A size as the server shows it; empty for -1. */
    static OptionalLong bytes(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long unit = switch (String.valueOf(matcher.group(2))) {
            case "kB" -> 1L << 10;
            case "MB" -> 1L << 20;
            case "GB" -> 1L << 30;
            case "TB" -> 1L << 40;
            default -> 1;
        };
        return OptionalLong.of(Long.parseLong(matcher.group(1)) * unit);
    }
}
