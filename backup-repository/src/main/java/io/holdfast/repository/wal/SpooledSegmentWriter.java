package io.holdfast.repository.wal;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.store.FileSystemFailures;
import io.holdfast.repository.store.ObjectKey;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A segment that grows in a spool file. */
final class SpooledSegmentWriter implements WalSegmentWriter {
    private static final Logger LOG = LoggerFactory.getLogger(SpooledSegmentWriter.class);

    private final WalUpload upload;
    private final PlaceLayout layout;
    private final long systemIdentifier;
    private final WalSegmentName name;
    private final long segmentNumber;
    private final int segmentSize;
    private final Path spool;
    private final FileChannel channel;
    /** Increments of earlier writers whose bytes have not all arrived here yet. */
    private final Deque<WalIncrements.Increment> toCompare = new ArrayDeque<>();

    private int written;
    private int saved;
    private boolean resumed;

    SpooledSegmentWriter(
            WalUpload upload, PlaceLayout layout, long systemIdentifier, int timeline, long number, int segmentSize)
            throws RepositoryException {
        this.upload = upload;
        this.layout = layout;
        this.systemIdentifier = systemIdentifier;
        this.name = WalSegmentName.of(timeline, number, segmentSize);
        this.segmentNumber = number;
        this.segmentSize = segmentSize;
        try {
            spool = Files.createTempFile(upload.workDirectory(), "holdfast-segment-", "");
            channel = FileChannel.open(spool, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public WalSegmentName name() {
        return name;
    }

    @Override
    public void write(int position, byte[] bytes, int offset, int length) throws RepositoryException {
        if (position != written || length > segmentSize - written) {
            throw new IllegalArgumentException(length + " bytes at " + position + " of " + name + " do not go on from "
                    + written + " of " + segmentSize);
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (rest.hasRemaining()) {
                written += channel.write(rest, written);
            }
        } catch (IOException e) {
            throw failed(e);
        }
        for (WalIncrements.Increment next = toCompare.peekFirst();
                next != null && next.to() <= written;
                next = toCompare.peekFirst()) {
            compare(next.key(), ObjectHeader.Type.WAL_INCREMENT, next.from(), next.to());
            toCompare.removeFirst();
        }
    }

    @Override
    public int written() {
        return written;
    }

    @Override
    public void resume() throws RepositoryException {
        if (written > 0) {
            throw new IllegalStateException(name + " has begun already");
        }
        WalIncrements increments = WalIncrements.of(upload.store(), layout, name);
        toCompare.addAll(increments.chain());
        saved = increments.reach();
        resumed = true;
    }

    @Override
    public Lsn saveIncrement() throws RepositoryException {
        if (written > saved) {
            put(layout.walIncrement(name, saved, written), ObjectHeader.Type.WAL_INCREMENT, saved, written);
            saved = written;
        }
        return new Lsn(segmentNumber * segmentSize + written);
    }

    @Override
    public void finish() throws RepositoryException {
        if (written != segmentSize) {
            throw new IllegalStateException(name + " has " + written + " of " + segmentSize + " bytes");
        }
        ObjectKey key = layout.walSegment(name);
        if (resumed && upload.store().head(key).isPresent()) {
            compare(key, ObjectHeader.Type.WAL_SEGMENT, 0, segmentSize);
        } else {
            put(key, ObjectHeader.Type.WAL_SEGMENT, 0, segmentSize);
        }
    }

    private void put(ObjectKey key, ObjectHeader.Type type, int from, int to) throws RepositoryException {
        upload.put(key, description(type, from, to), spooled(from));
    }

    private void compare(ObjectKey key, ObjectHeader.Type type, int from, int to) throws RepositoryException {
        upload.requireSame(key, description(type, from, to), spooled(from));
    }

    private WalObject description(ObjectHeader.Type type, int from, int to) {
        return WalObject.of(type, systemIdentifier, name.timeline(), segmentSize, segmentNumber, from, to);
    }

    // Not closed: that would close the channel, which is written to again.
    private WalUpload.Plain spooled(int from) {
        return () -> new BufferedInputStream(Channels.newInputStream(channel.position(from)), 1 << 16);
    }

    private RepositoryException failed(IOException e) {
        return FileSystemFailures.classify(
                e, "Spooling WAL segment " + name + " in the work directory " + upload.workDirectory());
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(spool);
        } catch (IOException e) {
            LOG.warn("The spool file {} could not be removed; it may be deleted", spool, e);
        }
    }
}
