package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import java.nio.ByteBuffer;

/** Takes the bytes of one file. For one thread. An error of any stage of the writing comes out of the next call. */
public interface FileSink {
    /**
     * Takes bytes; they are copied, so the array may be used again. Blocks while the writer's memory is used up.
     *
     * @throws RepositoryException if the writing failed at any stage, or the thread was interrupted; the backup cannot be
     *     completed then
     */
    void write(byte[] bytes, int offset, int length) throws RepositoryException;

    /** Takes what remains in the buffer. */
    void write(ByteBuffer bytes) throws RepositoryException;

    /** The file is complete. */
    void finish() throws RepositoryException;
}
