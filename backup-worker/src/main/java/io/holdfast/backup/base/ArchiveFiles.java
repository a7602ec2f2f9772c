package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Hands the entries of one archive to the repository, under the paths they have in the restored directory. What the server
 * lists in its manifest is noted as it came.
 */
final class ArchiveFiles implements TarStream.Entries {
    private final String prefix;
    private final BackupWriter writer;
    private final ReceivedFiles received;
    private final PageChecks checks;

    private final boolean incremental;

    private @Nullable FilePath path;
    private @Nullable FileContent content;
    private final CRC32C sum = new CRC32C();
    private long length;

    /**
     * Takes one archive.
     *
     * @param prefix comes before its names: empty, or a tablespace's {@code pg_tblspc/<oid>/}
     * @param incremental whether the server sends only what has changed
     */
    ArchiveFiles(String prefix, BackupWriter writer, ReceivedFiles received, PageChecks checks, boolean incremental) {
        this.prefix = prefix;
        this.writer = writer;
        this.received = received;
        this.checks = checks;
        this.incremental = incremental;
    }

    @Override
    public void begin(TarEntry entry) throws IOException {
        switch (entry) {
            case TarEntry.File file -> {
                FilePath name = path(file.name());
                path = name;
                sum.reset();
                length = 0;
                content = content(name, file);
            }
            case TarEntry.Directory directory -> {
                // The archive's own root has no name; every directory is restored with one.
                if (!isRoot(directory.name())) {
                    writer.addDirectory(path(directory.name()), directory.mode(), directory.modified());
                }
            }
            case TarEntry.SymbolicLink link ->
                writer.addSymbolicLink(path(link.name()), link.destination(), link.modified());
        }
    }

    private FileContent content(FilePath name, TarEntry.File file) throws IOException {
        Optional<FilePath> changed = incremental ? IncrementalFile.restored(name) : Optional.empty();
        FileHeader.Regular header = new FileHeader.Regular(changed.orElse(name), file.mode(), file.modified());
        if (changed.isPresent()) {
            return new IncrementalFile(header, file.size(), writer, checks, checks.pagesPerSegment());
        }
        boolean label = incremental && name.equals(IncrementalLabel.PATH);
        return label
                ? new IncrementalLabel(writer.beginFile(header))
                : new WholeFile(name, writer.beginFile(header), checks);
    }

    @Override
    public void content(ByteBuffer bytes) throws IOException {
        sum.update(bytes.duplicate());
        length += bytes.remaining();
        open().take(bytes);
    }

    @Override
    public void end() throws IOException {
        open().end();
        FilePath complete = path;
        if (complete != null) {
            received.add(complete, length, sum);
        }
        content = null;
        path = null;
    }

    private FileContent open() {
        FileContent current = content;
        if (current == null) {
            throw new IllegalStateException("content without a file");
        }
        return current;
    }

    private static boolean isRoot(String name) {
        return name.equals(".") || name.equals("./") || name.isEmpty();
    }

    private FilePath path(String name) throws MalformedStreamException {
        try {
            return FilePath.normalised(prefix + name);
        } catch (IllegalArgumentException e) {
            throw new MalformedStreamException("an entry whose name leaves the backup or is not one");
        }
    }
}
