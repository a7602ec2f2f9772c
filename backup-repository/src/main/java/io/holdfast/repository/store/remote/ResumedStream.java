package io.holdfast.repository.store.remote;

import io.holdfast.repository.RepositoryException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Part of an object, read over a network: where the connection is cut or falls silent, reading goes on from the byte
 * reached, of the very same object. Not safe for use by several threads.
 */
public final class ResumedStream extends InputStream {
    private final Retries retries;
    private final String doing;
    private final Source source;
    private @Nullable Body body;
    private @Nullable String identity;
    private long position;
    private long end;

    private ResumedStream(Retries retries, String doing, Source source, long offset, long length) {
        this.retries = retries;
        this.doing = doing;
        this.source = source;
        this.position = offset;
        this.end = offset + Math.min(length, Long.MAX_VALUE - offset);
    }

    /**
     * Opens the bytes from {@code offset} on; at least one has to be wanted.
     *
     * @throws RepositoryException.NotFound if there is no such object
     */
    public static ResumedStream open(Retries retries, String doing, Source source, long offset, long length)
            throws RepositoryException {
        ResumedStream stream = new ResumedStream(retries, doing, source, offset, length);
        Body first = retries.run(doing, () -> stream.source.open(stream.position, stream.end, Optional.empty()));
        stream.body = first;
        stream.identity = first.identity();
        stream.end = stream.position + first.length();
        return stream;
    }

    /** Where the bytes come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * Asks for bytes once, without retries.
         *
         * @param from first byte
         * @param to behind the last; may lie behind the object's end
         * @param identity of the body that came before, if any: another object now is an error
         */
        Body open(long from, long to, Optional<String> identity) throws IOException;
    }

    /**
     * An answer's bytes.
     *
     * @param length how many there are to be
     * @param identity changes with the object, such as an ETag
     * @param drop lets go of the connection without reading the rest
     */
    public record Body(InputStream bytes, long length, String identity, Runnable drop) {}

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
        if (position >= end) {
            return atEnd();
        }
        int most = (int) Math.min(length, end - position);
        int count;
        try {
            count = readOnce(bytes, offset, most);
        } catch (IOException | RuntimeException first) {
            drop();
            count = retries.run(doing, () -> {
                try {
                    return readOnce(bytes, offset, most);
                } catch (IOException | RuntimeException again) {
                    drop();
                    throw again;
                }
            });
        }
        position += count;
        return count;
    }

    private int readOnce(byte[] bytes, int offset, int most) throws IOException {
        Body from = body;
        if (from == null) {
            from = source.open(position, end, Optional.ofNullable(identity));
            body = from;
        }
        int count = from.bytes().read(bytes, offset, most);
        if (count < 0) {
            throw new EOFException("the answer ended " + (end - position) + " bytes too early");
        }
        return count;
    }

    /** Reads on to the end of the answer, where checks of the whole of it are made. */
    private int atEnd() throws RepositoryException {
        Body last = body;
        if (last != null) {
            body = null;
            try {
                last.bytes().read();
            } catch (IOException | RuntimeException e) {
                retries.throwIfFinal(e, doing);
            } finally {
                last.drop().run();
            }
        }
        return -1;
    }

    private void drop() {
        Body dropped = body;
        body = null;
        if (dropped != null) {
            dropped.drop().run();
        }
    }

    @Override
    public void close() throws RepositoryException {
        if (position >= end) {
            atEnd();
        }
        drop();
    }
}
