package io.holdfast.restore.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the report of a restore lies: in the directory that is configured for reports, under the restore's id, or else beside
 * the data directory. Never in it, where the server's user could have put a link in its way, and another restore would remove
 * it. What was restored into a database has no place of its own.
 */
public final class ReportFile {
    private ReportFile() {}

    /** The file beside a data directory. */
    static Path beside(Path dataDirectory) {
        return dataDirectory.resolveSibling(dataDirectory.getFileName() + ".restore-report.json");
    }

    /**
     * Writes a report; one that lies there is replaced whole. Only its owner may read it: it names what is in databases.
     *
     * @param configured the directory for reports; absent: none is configured
     * @return where it lies; nothing if there is no place for it
     */
    public static @Nullable Path write(RestoreReport report, @Nullable Path configured) throws IOException {
        String directory = report.directory();
        if (configured == null && directory == null) {
            return null;
        }
        Path file = configured != null
                ? configured.resolve(report.restoreId() + ".json")
                : beside(Path.of(String.valueOf(directory)));
        Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        try (FileChannel channel = FileChannel.open(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            ByteBuffer bytes = ByteBuffer.wrap(report.write());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }
}
