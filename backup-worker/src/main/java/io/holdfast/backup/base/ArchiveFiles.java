package io.holdfast.backup.base;

import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Hands the entries of one archive to the repository, under the paths they have in the restored directory. */
final class ArchiveFiles implements TarStream.Entries {
    private final String prefix;
    private final BackupWriter writer;
    private final ReceivedFiles received;
    private final PageChecks checks;

    private @Nullable FilePath path;
    private @Nullable FileSink sink;
    private @Nullable PageCheck check;
    private final CRC32C sum = new CRC32C();
    private long length;

    /** Takes one archive. {@code prefix} comes before its names: empty, or a tablespace's {@code pg_tblspc/<oid>/}. */
    ArchiveFiles(String prefix, BackupWriter writer, ReceivedFiles received, PageChecks checks) {
        this.prefix = prefix;
        this.writer = writer;
        this.received = received;
        this.checks = checks;
    }

    @Override
    public void begin(TarEntry entry) throws IOException {
        switch (entry) {
            case TarEntry.File file -> {
                FilePath name = path(file.name());
                path = name;
                check = checks.of(name).orElse(null);
                sum.reset();
                length = 0;
                sink = writer.beginFile(new FileHeader.Regular(name, file.mode(), file.modified()));
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

    @Override
    public void content(ByteBuffer bytes) throws IOException {
        if (check != null) {
            check.take(bytes);
        }
        sum.update(bytes.duplicate());
        length += bytes.remaining();
        open().write(bytes);
    }

    @Override
    public void end() throws IOException {
        open().finish();
        FilePath complete = path;
        if (complete != null) {
            received.add(complete, length, sum);
            if (check != null) {
                checks.note(complete, check);
            }
        }
        sink = null;
        path = null;
        check = null;
    }

    private FileSink open() {
        FileSink current = sink;
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
