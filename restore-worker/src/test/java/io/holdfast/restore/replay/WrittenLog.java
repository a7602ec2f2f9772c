package io.holdfast.restore.replay;

import io.holdfast.repository.wal.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes log as a server does, byte for byte, with records wherever they are wanted. Segments have 1 MiB. */
final class WrittenLog {
    static final int SEGMENT = 1 << 20;
    private static final int PAGE = 8192;

    private final List<byte[]> segments = new ArrayList<>();
    private final Lsn first;
    private long at;

    WrittenLog(long firstSegment) {
        first = new Lsn(firstSegment * SEGMENT);
    }

    byte[] segment(int index) {
        return segments.get(index).clone();
    }

    Lsn first(int index) {
        return first.plus((long) index * SEGMENT);
    }

    /** Where the next record begins. */
    Lsn position() {
        skipHeader(0);
        return first.plus(at);
    }

    /** Writes records of no interest until just so many bytes are left before the end of the page, or of the segment. */
    void fill(int left, boolean ofSegment) {
        long unit = ofSegment ? SEGMENT : PAGE;
        long target = (position().value() / unit + 1) * unit - left;
        for (long now = position().value(); now < target; now = position().value()) {
            padding((int) Math.min(target - now, PAGE - now % PAGE));
        }
    }

    /** A record of so many bytes, a multiple of 8 and 24 at least. */
    private void padding(int length) {
        int rest = length - 24;
        record(10, 0, new byte[rest == 0 ? 0 : rest - 2 <= 255 ? rest - 2 : rest - 5]);
    }

    Lsn createTablespace(int oid, String path) {
        byte[] text = path.getBytes(StandardCharsets.UTF_8);
        return record(
                5,
                0,
                ByteBuffer.allocate(4 + text.length + 1)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(oid)
                        .put(text)
                        .array());
    }

    /** Writes a record; says where it begins. */
    Lsn record(int resourceManager, int info, byte[] data) {
        ByteBuffer body = ByteBuffer.allocate(data.length + 5).order(ByteOrder.LITTLE_ENDIAN);
        if (data.length > 255) {
            body.put((byte) 254).putInt(data.length);
        } else if (data.length > 0) {
            body.put((byte) 255).put((byte) data.length);
        }
        body.put(data).flip();
        ByteBuffer record = ByteBuffer.allocate(24 + body.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(record.capacity()).putInt(700).putLong(1).put((byte) info).put((byte) resourceManager);
        record.putInt(20, crc(record.array(), body.slice()));
        record.position(24).put(body);
        Lsn start = position();
        append(record.array());
        at = (at + 7) & -8;
        return start;
    }

    private static int crc(byte[] header, ByteBuffer body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        crc.update(header, 0, 20);
        return (int) crc.getValue();
    }

    private void append(byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            skipHeader(done == 0 ? 0 : bytes.length - done);
            int here = (int) Math.min(bytes.length - done, PAGE - at % PAGE);
            System.arraycopy(bytes, done, segments.getLast(), (int) (at % SEGMENT), here);
            done += here;
            at += here;
        }
    }

    /** At the beginning of a page, writes its header. */
    private void skipHeader(int rest) {
        if (at % PAGE != 0) {
            return;
        }
        boolean isFirst = at % SEGMENT == 0;
        if (isFirst) {
            segments.add(new byte[SEGMENT]);
        }
        ByteBuffer page = ByteBuffer.wrap(segments.getLast()).order(ByteOrder.LITTLE_ENDIAN);
        int offset = (int) (at % SEGMENT);
        page.putShort(offset, (short) 0xd116);
        page.putShort(offset + 2, (short) ((rest > 0 ? 1 : 0) | (isFirst ? 2 : 0)));
        page.putInt(offset + 4, 1);
        page.putLong(offset + 8, first.value() + at);
        page.putInt(offset + 16, rest);
        if (isFirst) {
            page.putLong(offset + 24, 42).putInt(offset + 32, SEGMENT).putInt(offset + 36, PAGE);
        }
        at += isFirst ? 40 : 24;
    }

    /**
     * Reads a record from segments that follow on each other.
     *
     * @throws IllegalStateException if its CRC is not right
     */
    static byte[] read(List<byte[]> segments, Lsn first, Lsn start) {
        long from = start.minus(first);
        ByteBuffer head = ByteBuffer.wrap(segments.get((int) (from / SEGMENT))).order(ByteOrder.LITTLE_ENDIAN);
        byte[] record = new byte[head.getInt((int) (from % SEGMENT))];
        for (int i = 0; i < record.length; i++) {
            if (from % PAGE == 0) {
                from += from % SEGMENT == 0 ? 40 : 24;
            }
            record[i] = segments.get((int) (from / SEGMENT))[(int) (from % SEGMENT)];
            from++;
        }
        ByteBuffer fields = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        if (fields.getInt(20) != crc(record, ByteBuffer.wrap(record, 24, record.length - 24))) {
            throw new IllegalStateException("the CRC of the record at " + start + " is wrong");
        }
        return record;
    }
}
