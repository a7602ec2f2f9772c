package io.holdfast.backup.archive;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/** Bytes of a segment as a server has them: pages with headers, random in between. */
final class LogSegment {
    static final int SIZE = 1 << 20;
    static final int PAGE = 8192;

    private LogSegment() {}

    /** All pages written. */
    static byte[] of(long cluster, int timeline, long number) {
        return upTo(cluster, timeline, number, SIZE);
    }

    /** Written up to a byte; behind it lies what the file held when it was a segment before, two numbers ago. */
    static byte[] upTo(long cluster, int timeline, long number, int end) {
        byte[] bytes = new byte[SIZE];
        new Random(number).nextBytes(bytes);
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int offset = 0; offset < SIZE; offset += PAGE) {
            long of = offset < end ? number : number - 2;
            fields.putShort(offset, (short) 0xd116);
            fields.putShort(offset + 2, (short) (offset == 0 ? 2 : 0));
            fields.putInt(offset + 4, timeline);
            fields.putLong(offset + 8, of * SIZE + offset);
        }
        fields.putLong(24, cluster);
        fields.putInt(32, SIZE);
        fields.putInt(36, PAGE);
        return bytes;
    }

    static WalSegmentName name(int timeline, long number) {
        return WalSegmentName.of(timeline, number, SIZE);
    }

    static Lsn at(long number, int offset) {
        return new Lsn(number * SIZE + offset);
    }
}
