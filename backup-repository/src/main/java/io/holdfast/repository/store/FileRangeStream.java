package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Part of a file, with failures in the repository's words. */
final class FileRangeStream extends InputStream {
    private final FileChannel channel;
    private final String doing;
    private long remaining;

    FileRangeStream(FileChannel channel, long length, String doing) {
        this.channel = channel;
        this.remaining = length;
        this.doing = doing;
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
        if (remaining <= 0) {
            return -1;
        }
        try {
            int count = channel.read(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, remaining)));
            remaining -= Math.max(count, 0);
            return count;
        } catch (IOException e) {
            throw FileSystemFailures.classifyReading(e, doing);
        }
    }

    @Override
    public void close() throws RepositoryException {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, doing);
        }
    }
}
