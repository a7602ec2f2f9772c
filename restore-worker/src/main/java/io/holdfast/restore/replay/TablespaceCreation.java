package io.holdfast.restore.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The record that {@code CREATE TABLESPACE} writes, and how it is made harmless: with an empty path the server that replays
 * it makes the tablespace in its own data directory, as a folder {@code pg_tblspc/<oid>} where the link would be, whatever
 * is at the path that the original had. Only the first byte of the path changes, and the record's CRC with it; since a CRC
 * is linear, that change is known before the rest of the record is.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/commands/tablespace.c">create_tablespace_directories</a>
 * @see <a href="https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/access/xlogrecord.h">XLogRecord</a>
 */
final class TablespaceCreation {
    /** Where the CRC is in a record. */
    static final int CRC = 20;

    private static final int TABLESPACES = 5;
    private static final int CREATE = 0;
    private static final int OID = 4;
    private static final int SHORT_DATA = 255;
    private static final int SHORT_DATA_HEADER = 2;
    private static final int LONG_DATA = 254;
    private static final int LONG_DATA_HEADER = 5;
    private static final int LONGEST_SHORT = 255;

    private TablespaceCreation() {}

    /** Whether a record is one with a path; its header has been seen. */
    static boolean is(BegunRecord record) {
        boolean hasPath = record.length() > BegunRecord.HEADER + SHORT_DATA_HEADER + OID + 1;
        return record.resourceManager() == TABLESPACES && record.kind() == CREATE && hasPath;
    }

    /** Where the path begins in such a record. */
    static int path(BegunRecord record) {
        return BegunRecord.HEADER + dataHeader(record) + OID;
    }

    private static int dataHeader(BegunRecord record) {
        int rest = record.length() - BegunRecord.HEADER;
        return rest - SHORT_DATA_HEADER <= LONGEST_SHORT ? SHORT_DATA_HEADER : LONG_DATA_HEADER;
    }

    /** Whether the record is just as it was taken to be; it has been seen up to the first byte of its path. */
    static boolean isAsExpected(BegunRecord record) {
        int rest = record.length() - BegunRecord.HEADER;
        boolean isShort = dataHeader(record) == SHORT_DATA_HEADER;
        boolean data = isShort
                ? record.at(BegunRecord.HEADER) == SHORT_DATA
                        && record.at(BegunRecord.HEADER + 1) == rest - SHORT_DATA_HEADER
                : record.at(BegunRecord.HEADER) == LONG_DATA
                        && record.numberAt(BegunRecord.HEADER + 1) == rest - LONG_DATA_HEADER;
        return data && record.at(path(record)) == '/';
    }

    /** The CRC that the record has once its path is empty. The data come first in it, then the header up to it. */
    static byte[] crc(BegunRecord record) {
        int behind = record.length() - path(record) - 1 + CRC;
        int change = crc('/', behind) ^ crc(0, behind);
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(record.numberAt(CRC) ^ change)
                .array();
    }

    private static int crc(int first, int zerosBehind) {
        CRC32C crc = new CRC32C();
        crc.update(first);
        crc.update(new byte[zerosBehind]);
        return (int) crc.getValue();
    }
}
