package io.holdfast.verifier.verification;

import io.holdfast.repository.wal.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Follows WAL record by record: each must lead on from the one before, and have its checksum. What PostgreSQL does at
 * replay, without the replay. Records of any length are read in little memory. For one thread.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/include/access/xlogrecord.h">XLogRecord</a>
 */
final class WalRecords {

    private static final int HEADER = 24;
    private static final int CHECKSUMMED = 20;
    private static final int ALIGNMENT = 8;
    private static final int XLOG_MANAGER = 0;
    private static final int SWITCH = 0x40;
    private static final int INFO_MASK = 0xf0;

    private final WalPages pages;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    /** Of the next byte, within the page. */
    private int at;

    WalRecords(WalPages pages) {
        this.pages = pages;
    }

    /**
     * Reads from the start of a record to at least {@code stop}.
     *
     * @return how many records there were
     * @throws WalPages.BadWalException naming the segment and where
     */
    long follow(Lsn start, Lsn stop, CheckProgress progress) throws IOException {
        do {
            pages.next();
        } while (pages.start().plus(WalPages.PAGE).compareTo(start) <= 0);
        at = Math.max((int) start.minus(pages.start()), pages.headerLength());
        long count = 0;
        Lsn previous = null;
        while (position().compareTo(stop) < 0) {
            if (at == WalPages.PAGE) {
                nextPage(0);
                continue;
            }
            Lsn record = position();
            readRecord(record, previous);
            previous = record;
            count++;
            progress.at("wal", record.minus(start), stop.minus(start));
        }
        return count;
    }

    private Lsn position() {
        return pages.start().plus(at);
    }

    private void readRecord(Lsn record, @Nullable Lsn previous) throws IOException {
        int length =
                ByteBuffer.wrap(pages.content()).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
        if (length < HEADER) {
            throw pages.bad("no record begins at " + record + ", where one should");
        }
        int left = take(header.array(), 0, HEADER, length);
        long prev = header.getLong(8);
        if (previous == null ? Long.compareUnsigned(prev, record.value()) >= 0 : prev != previous.value()) {
            throw pages.bad("the record at " + record + " does not lead on from the one before");
        }
        CRC32C sum = new CRC32C();
        while (left > 0) {
            if (at == WalPages.PAGE) {
                nextPage(left);
            }
            int part = Math.min(left, WalPages.PAGE - at);
            sum.update(pages.content(), at, part);
            at += part;
            left -= part;
        }
        sum.update(header.array(), 0, CHECKSUMMED);
        if ((int) sum.getValue() != header.getInt(CHECKSUMMED)) {
            throw pages.bad("the record at " + record + " has another checksum than it says");
        }
        at = Math.min(WalPages.PAGE, (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        boolean isSwitch = Byte.toUnsignedInt(header.get(17)) == XLOG_MANAGER
                && (Byte.toUnsignedInt(header.get(16)) & INFO_MASK) == SWITCH;
        if (isSwitch) {
            skipToEndOfSegment();
        }
    }

    /** Takes bytes over the ends of pages; answers how many of the record are left. */
    private int take(byte[] into, int from, int count, int left) throws IOException {
        int taken = from;
        int rest = left;
        while (taken < from + count) {
            if (at == WalPages.PAGE) {
                nextPage(rest);
            }
            int part = Math.min(from + count - taken, WalPages.PAGE - at);
            System.arraycopy(pages.content(), at, into, taken, part);
            at += part;
            taken += part;
            rest -= part;
        }
        return rest;
    }

    private void nextPage(int expected) throws IOException {
        pages.next();
        if (pages.remaining() != expected) {
            throw pages.bad("the page goes on with " + Integer.toUnsignedString(pages.remaining())
                    + " bytes of a record, not " + expected);
        }
        at = pages.headerLength();
    }

    // What follows a switch is zeros, without page headers.
    private void skipToEndOfSegment() {
        pages.skipRestOfSegment();
        at = WalPages.PAGE;
    }
}
