package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes the changed pages of a file, and puts those that are kept, or zeros, in between. Frames lie where they would if
 * the whole file came, so that none reaches over a part's end.
 */
final class ChangedFileSink implements FileSink {
    private final OpenFile file;
    private final ChangedPages pages;
    private final ParentFile parent;
    private final Pipeline pipeline;
    private final AtomicLong bytesRead;
    private final Runnable finished;
    private @Nullable FrameBuffer buffer;
    /** The first page in the buffer. */
    private int bufferPage;
    /** How many of the changed pages were taken whole. */
    private int taken;
    /** Bytes of the next one that were taken. */
    private int filled;
    /** The first page that the pipeline has not been given. */
    private int handedOver;

    ChangedFileSink(
            OpenFile file,
            ChangedPages pages,
            ParentFile parent,
            Pipeline pipeline,
            AtomicLong bytesRead,
            Runnable finished) {
        this.file = file;
        this.pages = pages;
        this.parent = parent;
        this.pipeline = pipeline;
        this.bytesRead = bytesRead;
        this.finished = finished;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws RepositoryException {
        write(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void write(ByteBuffer bytes) throws RepositoryException {
        while (bytes.hasRemaining()) {
            if (taken == pages.count()) {
                throw new IllegalStateException(
                        "More than the " + pages.count() + " changed pages of " + file.header.path());
            }
            FrameBuffer filling = buffer == null ? begin() : buffer;
            int count = Math.min(bytes.remaining(), FrameReference.PAGE - filled);
            bytes.get(filling.plain, filling.length, count);
            filling.length += count;
            filled += count;
            bytesRead.addAndGet(count);
            if (filled == FrameReference.PAGE) {
                filled = 0;
                endPage(filling);
            }
        }
    }

    private FrameBuffer begin() throws RepositoryException {
        bufferPage = pages.number(taken);
        keepUpTo(bufferPage);
        FrameBuffer begun = pipeline.buffer();
        buffer = begun;
        return begun;
    }

    private void endPage(FrameBuffer filling) throws RepositoryException {
        int page = pages.number(taken++);
        boolean followed = taken < pages.count() && pages.number(taken) == page + 1;
        if (!followed || (page + 1) % FrameReference.PAGES_PER_FRAME == 0) {
            handedOver = page + 1;
            buffer = null;
            PartLease lease = pipeline.lease(parent, bufferPage / FileMap.PAGES_PER_PART);
            if (lease == null) {
                pipeline.compress(file, filling);
            } else {
                pipeline.compare(file, filling, lease, bufferPage % FileMap.PAGES_PER_PART);
            }
        }
    }

    /** Hands over everything before a page that does not come. */
    private void keepUpTo(int end) throws RepositoryException {
        long kept = Math.min(pages.keptBelow(), parent.pages());
        while (handedOver < end) {
            int part = handedOver / FileMap.PAGES_PER_PART;
            int start = part * FileMap.PAGES_PER_PART;
            int stop = (int) Math.min(end, (long) start + FileMap.PAGES_PER_PART);
            if (handedOver < kept) {
                stop = (int) Math.min(stop, kept);
                PartLease lease = pipeline.lease(parent, part);
                if (lease == null) {
                    throw new IllegalStateException("The parent has pages and no map of " + file.header.path());
                }
                pipeline.put(new Piece.Kept(file, lease, handedOver - start, stop - start));
            } else {
                pipeline.put(new Piece.Zeros(file, stop - handedOver));
            }
            handedOver = stop;
        }
    }

    @Override
    public void finish() throws RepositoryException {
        if (taken < pages.count()) {
            throw new IllegalStateException(
                    "Of " + file.header.path() + " came " + taken + " changed pages, not " + pages.count());
        }
        keepUpTo(pages.length());
        parent.close();
        finished.run();
        pipeline.put(new Piece.Finish(file));
    }
}
