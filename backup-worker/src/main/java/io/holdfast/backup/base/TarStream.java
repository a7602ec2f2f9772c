package io.holdfast.backup.base;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes an archive apart as its bytes come, in pieces of any size, and hands on what it holds. Keeps no more than a
 * header block. For one archive and one thread.
 */
final class TarStream {
    /** Takes an archive's entries in their order. */
    interface Entries {
        /** An entry begins; of a file, {@code size} bytes of content follow. */
        void begin(TarEntry entry) throws IOException;

        /** Some of a file's content. */
        void content(ByteBuffer bytes) throws IOException;

        /** A file is complete. */
        void end() throws IOException;
    }

    private final Entries entries;
    private final byte[] block = new byte[TarHeader.BLOCK];
    private int blockFilled;
    private long contentLeft;
    private int paddingLeft;
    private boolean inFile;
    private int zeroBlocks;

    TarStream(Entries entries) {
        this.entries = entries;
    }

    /** Takes the next bytes; all are consumed. */
    void take(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (inFile) {
                content(bytes);
            } else if (paddingLeft > 0) {
                int skipped = Math.min(paddingLeft, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                paddingLeft -= skipped;
            } else {
                header(bytes);
            }
        }
    }

    /** The archive's end: it must have said so itself, by two blocks of zeros. */
    void finish() throws MalformedStreamException {
        if (inFile || paddingLeft > 0 || blockFilled > 0 || zeroBlocks < 2) {
            throw new MalformedStreamException("an archive that is cut short");
        }
    }

    private void content(ByteBuffer bytes) throws IOException {
        int length = (int) Math.min(contentLeft, bytes.remaining());
        entries.content(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
        contentLeft -= length;
        endIfComplete();
    }

    private void endIfComplete() throws IOException {
        if (contentLeft == 0) {
            inFile = false;
            entries.end();
        }
    }

    private void header(ByteBuffer bytes) throws IOException {
        int length = Math.min(block.length - blockFilled, bytes.remaining());
        bytes.get(block, blockFilled, length);
        blockFilled += length;
        if (blockFilled < block.length) {
            return;
        }
        blockFilled = 0;
        TarEntry entry = TarHeader.parse(block);
        if (entry == null) {
            zeroBlocks++;
            return;
        }
        if (zeroBlocks > 0) {
            throw new MalformedStreamException("an entry behind an archive's end");
        }
        entries.begin(entry);
        if (entry instanceof TarEntry.File file) {
            contentLeft = file.size();
            paddingLeft = (int) (-contentLeft & (TarHeader.BLOCK - 1));
            inFile = true;
            endIfComplete();
        }
    }
}
