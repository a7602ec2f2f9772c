package io.holdfast.repository.wal;

import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import java.util.HexFormat;

/**
 * What the beginning of a WAL object says. Zstd frames follow up to the object's end.
 *
 * @param segmentSize 0 for a history file, as is {@code segmentNumber}
 * @param from first byte of the segment in the object
 * @param to behind the last
 * @param plainSha256 of the bytes as PostgreSQL wrote them, 64 hexadecimal digits
 * @param storedSha256 of everything behind this beginning
 */
record WalObject(
        ObjectHeader.Type type,
        long systemIdentifier,
        int timeline,
        int segmentSize,
        long segmentNumber,
        int from,
        int to,
        String plainSha256,
        String storedSha256) {
    /** Bytes of the beginning. */
    static final int LENGTH = ObjectHeader.LENGTH + 32 + 2 * Sha256.LENGTH;

    byte[] encode() {
        return new FieldWriter()
                .raw(ObjectHeader.of(type))
                .u64(systemIdentifier)
                .u32(timeline)
                .u32(segmentSize)
                .u64(segmentNumber)
                .u32(from)
                .u32(to)
                .raw(HexFormat.of().parseHex(plainSha256))
                .raw(HexFormat.of().parseHex(storedSha256))
                .toByteArray();
    }

    static WalObject decode(ObjectHeader.Type type, byte[] bytes) throws MalformedException {
        ObjectHeader.require(type, bytes);
        FieldReader in = new FieldReader(bytes);
        in.raw(ObjectHeader.LENGTH);
        WalObject object = new WalObject(
                type,
                in.u64(),
                in.u32(),
                in.u32(),
                in.u64(),
                in.u32(),
                in.u32(),
                HexFormat.of().formatHex(in.raw(Sha256.LENGTH)),
                HexFormat.of().formatHex(in.raw(Sha256.LENGTH)));
        if (object.from < 0 || object.to < object.from) {
            throw new MalformedException("its range cannot be");
        }
        return object;
    }

    /** Whether this holds the same bytes of the same segment of the same cluster; compression may differ. */
    boolean holdsTheSameAs(WalObject other) {
        return describesTheSameAs(other) && plainSha256.equals(other.plainSha256);
    }

    /** Whether this is of the same stretch of the same cluster. */
    boolean describesTheSameAs(WalObject other) {
        return type == other.type
                && systemIdentifier == other.systemIdentifier
                && timeline == other.timeline
                && segmentSize == other.segmentSize
                && segmentNumber == other.segmentNumber
                && from == other.from
                && to == other.to;
    }

    int plainLength() {
        return to - from;
    }
}
