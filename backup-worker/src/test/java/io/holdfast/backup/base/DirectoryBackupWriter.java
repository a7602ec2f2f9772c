package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.ChangedPages;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriteProgress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Writes a backup's files as they will be restored. */
final class DirectoryBackupWriter implements BackupWriter {
    private final Path root;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean committed;

    DirectoryBackupWriter(Path root) {
        this.root = root;
    }

    boolean isCommitted() {
        return committed;
    }

    @Override
    public FileSink beginFile(FileHeader header) {
        files.incrementAndGet();
        Path path = switch (header) {
            case FileHeader.Regular file ->
                root.resolve("data").resolve(file.path().value());
            case FileHeader.Attached file ->
                root.resolve("attached").resolve(file.path().value());
        };
        try {
            Files.createDirectories(path.getParent());
            return new Sink(new BufferedOutputStream(Files.newOutputStream(path), 1 << 16));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public FileSink beginChangedFile(FileHeader header, ChangedPages pages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> wantsAllPages() {
        return Optional.empty();
    }

    @Override
    public void addDirectory(FilePath path, int mode, Instant modified) {
        try {
            Path folder = Files.createDirectories(root.resolve("data").resolve(path.value()));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void addSymbolicLink(FilePath path, String destination, Instant modified) {
        throw new UnsupportedOperationException("a base backup with a tablespace map has no links");
    }

    @Override
    public WriteProgress progress() {
        return new WriteProgress(files.get(), bytes.get(), bytes.get(), 0);
    }

    @Override
    public CommitOutcome commit(BackupDetails details) {
        committed = true;
        return new CommitOutcome.Fenced("this writer keeps plain files only");
    }

    @Override
    public void close() {}

    private final class Sink implements FileSink {
        private final OutputStream out;

        Sink(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            try {
                out.write(source, offset, length);
                bytes.addAndGet(length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void write(ByteBuffer source) {
            byte[] copy = new byte[source.remaining()];
            source.get(copy);
            write(copy, 0, copy.length);
        }

        @Override
        public void finish() {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
