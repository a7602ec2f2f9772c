package io.holdfast.restore.replay;

import io.holdfast.repository.wal.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A record of the log of which some bytes were seen; the first ones are kept, which say what it is. For one thread. */
final class BegunRecord {
    /** {@code XLogRecord}: length, transaction, the record before, what it is, CRC. */
    static final int HEADER = 24;

    private static final int KEPT = 40;
    private static final int INFO = 16;
    private static final int RESOURCE_MANAGER = 17;
    private static final int XLOG = 0;
    private static final int SWITCH = 0x40;

    private final Lsn start;
    private final int length;
    private final byte[] first = new byte[KEPT];
    private int seen;

    BegunRecord(Lsn start, int length) {
        this.start = start;
        this.length = length;
    }

    /** The same as it is now, to be gone on with by somebody else. */
    BegunRecord copy() {
        BegunRecord copy = new BegunRecord(start, length);
        System.arraycopy(first, 0, copy.first, 0, KEPT);
        copy.seen = seen;
        return copy;
    }

    /** Goes on with some more bytes. */
    void take(byte[] from, int at, int count) {
        if (seen < KEPT) {
            System.arraycopy(from, at, first, seen, Math.min(count, KEPT - seen));
        }
        seen += count;
    }

    Lsn start() {
        return start;
    }

    /** Bytes of all of it. */
    int length() {
        return length;
    }

    int seen() {
        return seen;
    }

    int missing() {
        return length - seen;
    }

    /** What it is, of the resource manager's kinds; 18 bytes have to be seen. */
    int kind() {
        return first[INFO] & 0xf0;
    }

    int resourceManager() {
        return first[RESOURCE_MANAGER] & 0xff;
    }

    /** Whether the rest of its segment is empty. */
    boolean isSwitch() {
        return resourceManager() == XLOG && kind() == SWITCH;
    }

    /** One of the first bytes. */
    int at(int offset) {
        return first[offset] & 0xff;
    }

    /** Four of the first bytes, as a number. */
    int numberAt(int offset) {
        return ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }
}
