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
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/backend/access/transam/xlogreader.c">What PostgreSQL
 *     does where a record was cut off</a>
 */
final class WalRecords {

    private static final int HEADER = 24;
    private static final int CHECKSUMMED = 20;
    /** In a record without blocks, behind the header and two bytes that announce the data: xl_overwrite_contrecord. */
    private static final int OVERWRITTEN_LSN = HEADER + 2;

    private static final int KEPT = OVERWRITTEN_LSN + Long.BYTES;
    private static final int ALIGNMENT = 8;
    private static final int XLOG_MANAGER = 0;
    private static final int SWITCH = 0x40;
    private static final int OVERWRITE = 0xd0;
    private static final int INFO_MASK = 0xf0;

    private final WalPages pages;
    private final ByteBuffer begin = ByteBuffer.allocate(KEPT).order(ByteOrder.LITTLE_ENDIAN);
    private @Nullable Lsn cutOff;
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
            if (readRecord(record, previous)) {
                previous = record;
                count++;
            }
            progress.at("wal", record.minus(start), stop.minus(start));
        }
        return count;
    }

    private Lsn position() {
        return pages.start().plus(at);
    }

    /** Whether there is a record: one that a crash cut off is none, and what replaces its rest leads on from before it. */
    private boolean readRecord(Lsn record, @Nullable Lsn previous) throws IOException {
        int length =
                ByteBuffer.wrap(pages.content()).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
        if (length < HEADER) {
            throw pages.bad("no record begins at " + record + ", where one should");
        }
        CRC32C sum = new CRC32C();
        if (!take(0, HEADER, length, sum)) {
            cutOff = record;
            return false;
        }
        long prev = begin.getLong(8);
        if (previous == null ? Long.compareUnsigned(prev, record.value()) >= 0 : prev != previous.value()) {
            throw pages.bad("the record at " + record + " does not lead on from the one before");
        }
        if (!take(HEADER, length, length, sum)) {
            cutOff = record;
            return false;
        }
        sum.update(begin.array(), 0, CHECKSUMMED);
        if ((int) sum.getValue() != begin.getInt(CHECKSUMMED)) {
            throw pages.bad("the record at " + record + " has another checksum than it says");
        }
        requireReplacement(record, length);
        at = Math.min(WalPages.PAGE, (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        if (isOfLog(SWITCH)) {
            skipToEndOfSegment();
        }
        return true;
    }

    /** Behind a record that was cut off comes one that names it, as PostgreSQL demands at replay. */
    private void requireReplacement(Lsn record, int length) throws WalPages.BadWalException {
        Lsn missing = cutOff;
        cutOff = null;
        if (missing != null
                && !(isOfLog(OVERWRITE) && length >= KEPT && begin.getLong(OVERWRITTEN_LSN) == missing.value())) {
            throw pages.bad("the record at " + missing + " breaks off, and the one at " + record
                    + " does not say that it replaces the rest");
        }
    }

    private boolean isOfLog(int info) {
        return Byte.toUnsignedInt(begin.get(17)) == XLOG_MANAGER
                && (Byte.toUnsignedInt(begin.get(16)) & INFO_MASK) == info;
    }

    /**
     * Takes bytes of a record over the ends of pages: keeps its beginning, sums up what comes behind its header.
     *
     * @param length of the whole record
     * @return whether they are there; not if the record was cut off
     */
    private boolean take(int from, int to, int length, CRC32C sum) throws IOException {
        int taken = from;
        while (taken < to) {
            if (at == WalPages.PAGE && !nextPage(length - taken)) {
                return false;
            }
            int part = Math.min(to - taken, WalPages.PAGE - at);
            if (taken < KEPT) {
                System.arraycopy(pages.content(), at, begin.array(), taken, Math.min(part, KEPT - taken));
            }
            if (from >= HEADER) {
                sum.update(pages.content(), at, part);
            }
            at += part;
            taken += part;
        }
        return true;
    }

    /** Whether the page goes on with the expected bytes of a record; not if it begins with another in its place. */
    private boolean nextPage(int expected) throws IOException {
        pages.next();
        at = pages.headerLength();
        boolean goesOn = expected == 0 || !pages.overwritesRecord();
        if (pages.remaining() != (goesOn ? expected : 0)) {
            throw pages.bad("the page goes on with " + Integer.toUnsignedString(pages.remaining())
                    + " bytes of a record, not " + expected);
        }
        return goesOn;
    }

    // What follows a switch is zeros, without page headers.
    private void skipToEndOfSegment() {
        pages.skipRestOfSegment();
        at = WalPages.PAGE;
    }
}
