package io.holdfast.repository.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What the first page of a segment says of the segment, in the byte order of the server that wrote it.
 *
 * @param timeline that was being written when the page was begun, unsigned 32 bits
 * @param position of the segment's first byte
 * @param systemIdentifier of the cluster
 * @param segmentSize bytes
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/include/access/xlog_internal.h">XLogLongPageHeaderData</a>
 */
public record SegmentBeginning(int timeline, Lsn position, long systemIdentifier, int segmentSize) {
    /** Bytes of the header. */
    public static final int LENGTH = 40;

    private static final int LONG_HEADER_FLAG = 0x0002;
    private static final int MAGIC_HIGH = 0xd1;

    /** Reads it; empty if these bytes are not the beginning of a segment. */
    public static Optional<SegmentBeginning> read(byte[] bytes) {
        Optional<SegmentBeginning> little = read(bytes, ByteOrder.LITTLE_ENDIAN);
        return little.isPresent() ? little : read(bytes, ByteOrder.BIG_ENDIAN);
    }

    private static Optional<SegmentBeginning> read(byte[] bytes, ByteOrder order) {
        if (bytes.length < LENGTH) {
            return Optional.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(order);
        int size = fields.getInt(32);
        boolean known = Short.toUnsignedInt(fields.getShort(0)) >>> 8 == MAGIC_HIGH
                && (fields.getShort(2) & LONG_HEADER_FLAG) != 0
                && Integer.bitCount(size) == 1
                && size >= 1 << 20
                && size <= 1 << 30
                && Long.remainderUnsigned(fields.getLong(8), size) == 0;
        return known
                ? Optional.of(
                        new SegmentBeginning(fields.getInt(4), new Lsn(fields.getLong(8)), fields.getLong(24), size))
                : Optional.empty();
    }

    /** Whether a segment of this name begins so: the timeline may be an older one, if the name's began in this segment. */
    public boolean isOf(WalSegmentName name) {
        return Integer.compareUnsigned(timeline, name.timeline()) <= 0
                && WalSegmentName.of(name.timeline(), position.segmentNumber(segmentSize), segmentSize)
                        .equals(name);
    }
}
