package io.holdfast.repository.read;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.Chunk;
import io.holdfast.repository.content.Damages;
import io.holdfast.repository.content.FileCursor;
import io.holdfast.repository.pack.FrameChecker;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/** A file's bytes as a stream; damage ends it with an exception. */
final class CheckedContentStream extends InputStream {
    private final FileCursor cursor;
    private final FrameChecker checker;
    private Chunk chunk = new Chunk.Zeros(0);
    private long taken;

    CheckedContentStream(FileCursor cursor, FrameChecker checker) {
        this.cursor = cursor;
        this.checker = checker;
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
        while (taken == chunk.length()) {
            Optional<Chunk> next = cursor.next();
            if (next.isEmpty()) {
                return -1;
            }
            chunk = next.get();
            taken = 0;
        }
        int count = (int) Math.min(length, chunk.length() - taken);
        switch (chunk) {
            case Chunk.Bytes part -> System.arraycopy(part.bytes(), part.offset() + (int) taken, bytes, offset, count);
            case Chunk.Zeros zeros -> Arrays.fill(bytes, offset, offset + count, (byte) 0);
            case Chunk.Kept kept -> throw new IllegalStateException("a stream keeps nothing");
            case Chunk.Lost lost -> throw Damages.exception(lost.damage());
        }
        taken += count;
        return count;
    }

    @Override
    public void close() {
        checker.close();
    }
}
