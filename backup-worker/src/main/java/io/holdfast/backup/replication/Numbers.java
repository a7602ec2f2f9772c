package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;

/** Reads numbers that the server writes as text, and reports others as a violation of the protocol. */
final class Numbers {
    private Numbers() {}

    static Lsn lsn(String text) throws ReplicationException {
        try {
            return Lsn.parse(text);
        } catch (IllegalArgumentException e) {
            throw ReplicationException.protocol("no position in the log where one belongs");
        }
    }

    /** A timeline: an unsigned 32-bit number above zero. */
    static int timeline(String text) throws ReplicationException {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw ReplicationException.protocol("no timeline where one belongs");
        }
    }

    /** An unsigned 64-bit number. */
    static long unsigned(String text) throws ReplicationException {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw ReplicationException.protocol("no number where one belongs");
        }
    }
}
