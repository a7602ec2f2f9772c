package io.holdfast.restore.replay;

import io.holdfast.repository.wal.Lsn;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the records of one segment, from one to the next as a server does that replays them, and says what has to be
 * changed so that none of them creates a tablespace outside of the data directory; see {@link TablespaceCreation}. What a
 * server would not replay it need not understand: it only ever stops where a server stops as well, or later. For one thread.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/access/xlog_internal.h">XLogPageHeaderData</a>
 * @see <a href="https://github.com/postgres/postgres/blob/REL_17_STABLE/src/backend/access/transam/xlogreader.c">XLogReadRecord</a>
 */
final class RecordWalk {
    private static final int HEADER = 24;
    private static final int FIRST_HEADER = 40;
    private static final int PAGE_SIZE = 36;
    private static final int LEAST_PAGE = 1 << 10;
    private static final int MOST_PAGE = 1 << 16;
    private static final int MAGIC = 0xd1;
    /** XLP_FIRST_IS_CONTRECORD. */
    private static final int GOES_ON = 0x0001;
    /** XLP_FIRST_IS_OVERWRITE_CONTRECORD: what would go on here was lost in a crash. */
    private static final int GIVEN_UP = 0x0008;

    private static final int ALIGNED = 8;

    private final Lsn from;
    private final Lsn until;
    private final List<Change> changes = new ArrayList<>();
    private @Nullable BegunRecord record;
    private @Nullable Lsn last;
    private @Nullable Lsn broken;
    private @Nullable Lsn unclear;
    private @Nullable Lsn empty;
    private boolean over;
    private int offset;

    /** Bytes of a segment that are to be others. */
    record Change(long offset, byte[] bytes) {}

    /**
     * Begins.
     *
     * @param from the segment's first byte
     * @param until behind the last byte that is known to be stored; what is behind it is gone through as well, but tells
     *     nothing about the end
     * @param before what is known of the segment before
     */
    RecordWalk(Lsn from, Lsn until, WalkedLog before) {
        this.from = from;
        this.until = until;
        this.record = before.cut() == null ? null : before.cut().copy();
        this.last = before.last();
    }

    /** Goes through all of a segment. */
    WalkedLog over(InputStream segment) throws IOException {
        byte[] beginning = segment.readNBytes(FIRST_HEADER);
        int size = beginning.length < FIRST_HEADER ? 0 : fields(beginning).getInt(PAGE_SIZE);
        if (Integer.bitCount(size) != 1 || size < LEAST_PAGE || size > MOST_PAGE) {
            return new WalkedLog(null, last, from, null);
        }
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(beginning), segment);
        byte[] page = new byte[size];
        while (all.readNBytes(page, 0, size) == size) {
            page(page);
            offset += size;
        }
        return new WalkedLog(record, last, broken, unclear);
    }

    /** What has to be changed in the segment, so far. */
    List<Change> changes() {
        return changes;
    }

    private static ByteBuffer fields(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void page(byte[] page) {
        ByteBuffer fields = fields(page);
        Lsn start = from.plus(offset);
        boolean isPage = page[1] == (byte) MAGIC && fields.getLong(8) == start.value();
        if (over) {
            if (isPage && empty != null) {
                breaks(empty);
            }
            return;
        }
        if (!isPage) {
            over = true;
            breaks(record == null ? start : record.start());
            return;
        }
        int at = begin(page, fields);
        while (at < page.length && !over) {
            BegunRecord current = record == null ? next(page, fields, at) : record;
            if (current == null) {
                return;
            }
            record = current;
            at = align(at + take(current, page, at));
        }
    }

    /** Goes on with the record that began on an earlier page; the answer is where the next one begins. */
    private int begin(byte[] page, ByteBuffer fields) {
        int at = offset == 0 ? FIRST_HEADER : HEADER;
        int flags = fields.getShort(2);
        BegunRecord begun = record;
        if ((flags & GOES_ON) == 0) {
            if (begun != null && (flags & GIVEN_UP) == 0) {
                breaks(begun.start());
            }
            record = null;
            return at;
        }
        int rest = fields.getInt(16);
        if (rest <= 0) {
            over = true;
            breaks(from.plus(offset));
            return page.length;
        }
        if (begun == null) {
            return align((int) Math.min(page.length, (long) at + rest));
        }
        if (begun.missing() != rest) {
            breaks(begun.start());
            record = null;
            return align((int) Math.min(page.length, (long) at + rest));
        }
        return align(at + take(begun, page, at));
    }

    private @Nullable BegunRecord next(byte[] page, ByteBuffer fields, int at) {
        int length = fields.getInt(at);
        Lsn start = from.plus(offset + at);
        if (length >= BegunRecord.HEADER) {
            return new BegunRecord(start, length);
        }
        over = true;
        long left = Math.min(page.length, until.minus(from) - offset); // none where nothing is stored any more
        for (int i = at; i < left; i++) {
            if (page[i] != 0) {
                breaks(start);
                return null;
            }
        }
        empty = start;
        return null;
    }

    /** Takes what of a record is on this page; the answer is how much that is. */
    private int take(BegunRecord current, byte[] page, int at) {
        int before = current.seen();
        int count = Math.min(current.missing(), page.length - at);
        current.take(page, at, count);
        keepInside(current, before, offset + at);
        if (current.missing() == 0) {
            if (from.plus((long) offset + at + count).compareTo(until) <= 0) {
                last = current.start();
            }
            over = current.isSwitch();
            record = null;
        }
        return count;
    }

    /** Changes what creates a tablespace elsewhere, each byte as soon as it comes by: a part of it may be on another page. */
    private void keepInside(BegunRecord current, int before, int at) {
        if (current.seen() < BegunRecord.HEADER || !TablespaceCreation.is(current)) {
            return;
        }
        if (before < BegunRecord.HEADER) {
            changes.add(new Change((long) at - before + TablespaceCreation.CRC, TablespaceCreation.crc(current)));
        }
        int path = TablespaceCreation.path(current);
        if (before <= path && current.seen() > path) {
            changes.add(new Change((long) at - before + path, new byte[1]));
            if (!TablespaceCreation.isAsExpected(current)) {
                unclear = current.start();
            }
        }
    }

    /** The page that shows it has to be one that is stored. */
    private void breaks(Lsn where) {
        if (broken == null && from.plus(offset).compareTo(until) < 0) {
            broken = where;
        }
    }

    private static int align(int at) {
        return (at + ALIGNED - 1) & -ALIGNED;
    }
}
