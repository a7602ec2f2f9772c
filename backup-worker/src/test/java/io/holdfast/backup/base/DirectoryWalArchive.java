package io.holdfast.backup.base;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalComparison;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Keeps segments as plain files, an increment padded with zeros. */
final class DirectoryWalArchive implements WalArchive {
    private final Path folder;
    private final @Nullable Error fault;

    DirectoryWalArchive(Path folder, @Nullable Error fault) {
        this.folder = folder;
        this.fault = fault;
    }

    @Override
    public WalArchive sealedOnly() {
        throw new UnsupportedOperationException("Nothing is sealed in a directory");
    }

    @Override
    public WalSegmentWriter begin(int timeline, long segmentNumber, int segmentSize) {
        if (fault != null) {
            throw fault;
        }
        return new Writer(WalSegmentName.of(timeline, segmentNumber, segmentSize), segmentNumber, segmentSize);
    }

    @Override
    public void putHistory(int timeline, byte[] content) {
        store("%08X.history".formatted(timeline), content);
    }

    @Override
    public Optional<byte[]> history(int timeline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public InputStream openUntil(WalSegmentName segment, Lsn stopLsn) {
        return open(segment);
    }

    @Override
    public InputStream open(WalSegmentName segment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<WalSegmentName> covers(int timeline, Lsn startLsn, Lsn stopLsn, int segmentSize) {
        return LongStream.rangeClosed(
                        startLsn.segmentNumber(segmentSize), stopLsn.plus(-1).segmentNumber(segmentSize))
                .mapToObj(number -> WalSegmentName.of(timeline, number, segmentSize))
                .filter(name -> !Files.exists(folder.resolve(name.value())))
                .toList();
    }

    @Override
    public WalComparison comparison(int timeline, long segmentNumber, int segmentSize, int available) {
        throw new UnsupportedOperationException();
    }

    private void store(String name, byte[] content) {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Writer implements WalSegmentWriter {
        private final WalSegmentName name;
        private final long number;
        private final byte[] content;
        private int written;

        Writer(WalSegmentName name, long number, int segmentSize) {
            this.name = name;
            this.number = number;
            this.content = new byte[segmentSize];
        }

        @Override
        public WalSegmentName name() {
            return name;
        }

        @Override
        public void write(int position, byte[] bytes, int offset, int length) {
            if (position != written) {
                throw new IllegalArgumentException("a gap: " + position + " instead of " + written);
            }
            System.arraycopy(bytes, offset, content, position, length);
            written += length;
        }

        @Override
        public int written() {
            return written;
        }

        @Override
        public void resume() {}

        @Override
        public Lsn saveIncrement() {
            store(name.value(), Arrays.copyOf(content, content.length));
            return new Lsn(number * content.length + written);
        }

        @Override
        public void finish() {
            if (written != content.length) {
                throw new IllegalStateException("bytes are missing");
            }
            store(name.value(), content);
        }

        @Override
        public void close() {}
    }
}
