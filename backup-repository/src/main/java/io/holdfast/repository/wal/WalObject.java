package io.holdfast.repository.wal;

import io.holdfast.repository.encoding.FieldReader;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.seal.SealingKey;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What the beginning of a WAL object says. Zstd frames follow up to the object's end; where they are sealed, the
 * identifier of the index key comes before them.
 *
 * @param segmentSize 0 for a history file, as is {@code segmentNumber}
 * @param from first byte of the segment in the object
 * @param to behind the last
 * @param plainDigest of the bytes as PostgreSQL wrote them, 64 hexadecimal digits: SHA-256, or HMAC under the index key
 * @param storedDigest of everything behind this beginning; with the index key, of the beginning too
 */
record WalObject(
        ObjectHeader.Type type,
        ObjectHeader header,
        long systemIdentifier,
        int timeline,
        int segmentSize,
        long segmentNumber,
        int from,
        int to,
        String plainDigest,
        String storedDigest) {
    /** Bytes of the beginning. */
    static final int LENGTH = ObjectHeader.LENGTH + 32 + 2 * Sha256.LENGTH;

    private static final String NOT_KNOWN = "0".repeat(2 * Sha256.LENGTH);

    /** An object that is yet to be made. */
    static WalObject of(
            ObjectHeader.Type type,
            long systemIdentifier,
            int timeline,
            int segmentSize,
            long segmentNumber,
            int from,
            int to) {
        return new WalObject(
                type,
                ObjectHeader.plain(type),
                systemIdentifier,
                timeline,
                segmentSize,
                segmentNumber,
                from,
                to,
                NOT_KNOWN,
                NOT_KNOWN);
    }

    /** The same, made. */
    WalObject made(ObjectHeader with, String plain, String stored) {
        return new WalObject(
                type, with, systemIdentifier, timeline, segmentSize, segmentNumber, from, to, plain, stored);
    }

    byte[] encode() {
        return new FieldWriter()
                .raw(header.bytes())
                .u64(systemIdentifier)
                .u32(timeline)
                .u32(segmentSize)
                .u64(segmentNumber)
                .u32(from)
                .u32(to)
                .raw(HexFormat.of().parseHex(plainDigest))
                .raw(HexFormat.of().parseHex(storedDigest))
                .toByteArray();
    }

    static WalObject decode(ObjectHeader.Type type, byte[] bytes) throws MalformedException {
        ObjectHeader header = ObjectHeader.read(type, bytes);
        FieldReader in = new FieldReader(bytes);
        in.raw(ObjectHeader.LENGTH);
        WalObject object = new WalObject(
                type,
                header,
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

    boolean isSealed() {
        return header.isSealed();
    }

    /**
     * The digest that belongs at the end of the beginning.
     *
     * @param rest SHA-256 of everything behind the beginning
     * @param indexKey present if this is sealed
     */
    String storedDigest(byte[] rest, Optional<SealingKey> indexKey) {
        if (indexKey.isEmpty()) {
            return HexFormat.of().formatHex(rest);
        }
        MessageDigest keyed = indexKey.get().walObjects();
        keyed.update(Arrays.copyOf(encode(), LENGTH - Sha256.LENGTH));
        keyed.update(rest);
        return Sha256.hex(keyed);
    }

    /** Whether this holds the same bytes of the same segment of the same cluster; compression may differ. */
    boolean holdsTheSameAs(WalObject other) {
        return describesTheSameAs(other) && plainDigest.equals(other.plainDigest);
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
