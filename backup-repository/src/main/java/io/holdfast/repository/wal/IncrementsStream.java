package io.holdfast.repository.wal;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The increments of a segment one behind the other, then zeros up to the segment's size. */
final class IncrementsStream extends InputStream {
    private final StoredWal wal;
    private final WalIncrements increments;
    private final int segmentSize;
    private int next;
    private int position;
    private @Nullable WalObjectStream open;

    IncrementsStream(StoredWal wal, WalIncrements increments, int segmentSize) {
        this.wal = wal;
        this.increments = increments;
        this.segmentSize = segmentSize;
    }

    @Override
    public int read() throws RepositoryException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws RepositoryException {
        if (length == 0) {
            return 0;
        }
        if (position == segmentSize) {
            return -1;
        }
        if (position >= increments.reach()) {
            close();
            int count = Math.min(length, segmentSize - position);
            Arrays.fill(bytes, offset, offset + count, (byte) 0);
            position += count;
            return count;
        }
        int count = current().read(bytes, offset, length);
        position += count;
        return count;
    }

    /** The increment that holds the byte at the present position. */
    private WalObjectStream current() throws RepositoryException {
        WalObjectStream stream = open;
        if (stream == null || stream.object().to() == position) {
            close();
            WalIncrements.Increment increment = increments.chain().get(next++);
            stream = wal.openIncrement(increments.segment(), increment);
            open = stream;
            try {
                stream.skipNBytes(position - increment.from());
            } catch (IOException e) {
                throw RepositoryException.from(e, "Reading " + increment.key());
            }
        }
        return stream;
    }

    @Override
    public void close() throws RepositoryException {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}
