package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An object on its way to becoming a file. */
final class FileObjectUpload implements ObjectUpload {
    private static final Logger LOG = LoggerFactory.getLogger(FileObjectUpload.class);

    private final FileObjectStore store;
    private final ObjectKey key;
    private final Path temporary;
    private final FileChannel channel;
    private long length;
    private boolean ended;

    FileObjectUpload(FileObjectStore store, ObjectKey key, Path temporary) throws IOException {
        this.store = store;
        this.key = key;
        this.temporary = temporary;
        this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws RepositoryException {
        requireOpen();
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, count);
        try {
            while (rest.hasRemaining()) {
                length += channel.write(rest);
            }
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, store.doing("Writing", key));
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public PutOutcome commit() throws RepositoryException {
        requireOpen();
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw FileSystemFailures.classify(e, store.doing("Writing", key));
        }
        PutOutcome outcome = store.link(temporary, key);
        close();
        return outcome;
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("The upload of " + key + " has ended");
        }
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            LOG.warn("{} could not be removed; it is in nobody's way and may be deleted", temporary, e);
        }
    }
}
