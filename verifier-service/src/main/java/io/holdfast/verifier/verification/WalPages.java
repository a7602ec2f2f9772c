package io.holdfast.verifier.verification;

import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.verify.WalReading;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive pages of WAL, each page's header checked. For one thread.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/include/access/xlog_internal.h">XLogPageHeaderData,
 *     XLogLongPageHeaderData</a>
 */
final class WalPages implements AutoCloseable {

    static final int PAGE = 8192;

    private static final int SHORT_HEADER = 24;
    private static final int LONG_HEADER = 40;
    private static final int LONG_HEADER_FLAG = 0x0002;
    private static final int OVERWRITTEN_FLAG = 0x0008;
    private static final int ALL_FLAGS = 0x000f;
    /** XLOG_PAGE_MAGIC of each major version. */
    private static final Map<Integer, Integer> MAGIC = Map.of(15, 0xd110, 16, 0xd113, 17, 0xd116, 18, 0xd118);

    private final WalReading.Segments segments;
    private final WalNeeded needed;
    private final long systemIdentifier;
    private final int major;
    private final byte[] page = new byte[PAGE];
    private final ByteBuffer fields = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
    private long segment;
    private int offset;
    private @Nullable InputStream bytes;

    /** Begins with the first page of the segment in which the WAL that is needed begins. */
    WalPages(WalReading.Segments segments, WalNeeded needed, String systemIdentifier, int serverVersion) {
        this.segments = segments;
        this.needed = needed;
        this.systemIdentifier = Long.parseUnsignedLong(systemIdentifier);
        this.major = serverVersion / 10_000;
        this.segment = needed.startLsn().segmentNumber(needed.segmentSize()) - 1;
        this.offset = needed.segmentSize();
    }

    /** WAL that does not read as it should. */
    static final class BadWalException extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient WalSegmentName segment;

        BadWalException(WalSegmentName segment, String what) {
            super(what);
            this.segment = segment;
        }

        WalSegmentName segment() {
            return segment;
        }
    }

    /** Reads the next page and checks its header. */
    void next() throws IOException {
        if (offset + PAGE >= needed.segmentSize()) {
            close();
            segment++;
            offset = 0;
            bytes = segments.open(name());
        } else {
            offset += PAGE;
        }
        InputStream from = bytes;
        if (from == null || from.readNBytes(page, 0, PAGE) != PAGE) {
            throw bad("it ends too early");
        }
        requireHeader();
    }

    /** Goes on with the next segment, whatever follows in this one. */
    void skipRestOfSegment() {
        offset = needed.segmentSize() - PAGE;
    }

    /** Where this page begins. */
    Lsn start() {
        return new Lsn(segment * needed.segmentSize() + offset);
    }

    /** Where its content begins. */
    int headerLength() {
        return offset == 0 ? LONG_HEADER : SHORT_HEADER;
    }

    /** How much of a record that began on an earlier page is still to come, this page's part included. */
    int remaining() {
        return fields.getInt(16);
    }

    /**
     * Whether what a record would go on with is replaced: the record was being written when the server crashed, and the
     * rest of it was lost. A new record begins here instead (XLP_FIRST_IS_OVERWRITE_CONTRECORD).
     */
    boolean overwritesRecord() {
        return (flags() & OVERWRITTEN_FLAG) != 0;
    }

    private int flags() {
        return Short.toUnsignedInt(fields.getShort(2));
    }

    byte[] content() {
        return page;
    }

    WalSegmentName name() {
        return WalSegmentName.of(needed.timeline(), segment, needed.segmentSize());
    }

    BadWalException bad(String what) {
        return new BadWalException(name(), "at " + start() + ": " + what);
    }

    @Override
    public void close() throws IOException {
        InputStream open = bytes;
        bytes = null;
        if (open != null) {
            open.close();
        }
    }

    private void requireHeader() throws BadWalException {
        int magic = Short.toUnsignedInt(fields.getShort(0));
        Integer known = MAGIC.get(major);
        int flags = flags();
        if (known == null ? magic >>> 8 != 0xd1 : magic != known) {
            throw bad("the page's magic number is %04X, not that of PostgreSQL %d".formatted(magic, major));
        }
        if ((flags & ~ALL_FLAGS) != 0 || (flags & LONG_HEADER_FLAG) != (offset == 0 ? LONG_HEADER_FLAG : 0)) {
            throw bad("the page's flags are %04X, which makes no sense here".formatted(flags));
        }
        if (Integer.compareUnsigned(fields.getInt(4), needed.timeline()) > 0) {
            throw bad("the page is of timeline " + Integer.toUnsignedString(fields.getInt(4)));
        }
        if (fields.getLong(8) != start().value()) {
            throw bad("the page says that it belongs to " + new Lsn(fields.getLong(8)));
        }
        if (offset == 0) {
            if (fields.getLong(24) != systemIdentifier) {
                throw bad("the segment is of another cluster, " + Long.toUnsignedString(fields.getLong(24)));
            }
            if (fields.getInt(32) != needed.segmentSize() || fields.getInt(36) != PAGE) {
                throw bad("the segment says that it has other sizes");
            }
        }
    }
}
