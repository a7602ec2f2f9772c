package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.ChangedPages;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of which the server sends only the blocks that have changed: a header with their numbers and the length to which
 * the file was cut in between, then the blocks. What does not come is as in the parent, below that length, and zeros
 * otherwise.
 *
 * @see <a href="https://www.postgresql.org/docs/17/app-pgcombinebackup.html">pg_combinebackup</a>, which reads the same
 */
final class IncrementalFile implements FileContent {
    /** What the name of such a file begins with, behind its directory. */
    static final String PREFIX = "INCREMENTAL.";

    private static final int MAGIC = 0xd3ae1f0d;
    private static final int FIXED = 3 * Integer.BYTES;

    private final FileHeader.Regular file;
    private final long size;
    private final BackupWriter writer;
    private final PageChecks checks;
    private final int mostBlocks;
    private ByteBuffer header = ByteBuffer.allocate(FIXED).order(ByteOrder.LITTLE_ENDIAN);
    private int count = -1;
    private int padding;
    private @Nullable FileSink sink;
    private Optional<PageCheck> check = Optional.empty();

    /**
     * A file that begins.
     *
     * @param file as it will be restored
     * @param size of what comes, in bytes
     * @param mostBlocks how many blocks a file can have
     */
    IncrementalFile(FileHeader.Regular file, long size, BackupWriter writer, PageChecks checks, int mostBlocks) {
        this.file = file;
        this.size = size;
        this.writer = writer;
        this.checks = checks;
        this.mostBlocks = mostBlocks;
    }

    /** The path without what marks it as incremental; empty where nothing does. */
    static Optional<FilePath> restored(FilePath path) {
        int name = path.value().lastIndexOf('/') + 1;
        return path.value().startsWith(PREFIX, name)
                ? Optional.of(new FilePath(
                        path.value().substring(0, name) + path.value().substring(name + PREFIX.length())))
                : Optional.empty();
    }

    @Override
    public void take(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining() && header.hasRemaining()) {
            int some = Math.min(bytes.remaining(), header.remaining());
            header.put(bytes.slice(bytes.position(), some));
            bytes.position(bytes.position() + some);
            if (!header.hasRemaining()) {
                headerRead();
            }
        }
        int skipped = Math.min(padding, bytes.remaining());
        bytes.position(bytes.position() + skipped);
        padding -= skipped;
        FileSink open = sink;
        if (bytes.hasRemaining() && open != null) {
            check.ifPresent(pages -> pages.take(bytes));
            open.write(bytes);
        }
    }

    /** The fixed part of the header came, or the block numbers behind it. */
    private void headerRead() throws IOException {
        if (count < 0) {
            count = header.getInt(Integer.BYTES);
            if (header.getInt(0) != MAGIC || count < 0 || count > mostBlocks) {
                throw new MalformedStreamException("the incremental file " + file.path() + " without its header");
            }
            ByteBuffer all = ByteBuffer.allocate(FIXED + count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            header = all.put(header.flip());
        }
        if (!header.hasRemaining()) {
            begin();
        }
    }

    private void begin() throws IOException {
        int page = PageChecksum.PAGE;
        padding = count == 0 ? 0 : -header.capacity() & (page - 1);
        if (header.capacity() + padding + (long) count * page != size) {
            throw new MalformedStreamException(
                    "the incremental file " + file.path() + " with " + size + " bytes and " + count + " blocks");
        }
        int[] blocks = new int[count];
        int before = -1;
        for (int i = 0; i < count; i++) {
            blocks[i] = header.getInt(FIXED + i * Integer.BYTES);
            if (blocks[i] <= before || blocks[i] >= mostBlocks) {
                throw new MalformedStreamException("the incremental file " + file.path() + " with blocks out of order");
            }
            before = blocks[i];
        }
        int truncation = header.getInt(2 * Integer.BYTES);
        if (truncation < 0 || truncation > mostBlocks) {
            throw new MalformedStreamException("the incremental file " + file.path() + " of an impossible length");
        }
        check = checks.of(file.path(), index -> blocks[index]);
        sink = writer.beginChangedFile(file, ChangedPages.of(truncation, blocks));
    }

    @Override
    public void end() throws IOException {
        FileSink open = sink;
        if (open == null) {
            throw new MalformedStreamException("the incremental file " + file.path() + " that is cut short");
        }
        open.finish();
        check.ifPresent(pages -> checks.note(file.path(), pages));
    }
}
