package io.holdfast.backup.base;

import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.stream.Stream;

/** What tests of backups have in common. */
final class BackupFixture {
    private BackupFixture() {}

    static ConnectionSettings settings(PostgresServer server) {
        return ConnectionSettings.of("127.0.0.1", server.port(), "postgres", null, TlsSettings.of(TlsMode.PREFER))
                .withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(60));
    }

    static PhysicalBackup physicalBackup() {
        return new PhysicalBackup(InstantSource.system(), new Random());
    }

    static PhysicalBackupOptions options(Path work) throws IOException {
        return options(work, "a1");
    }

    static PhysicalBackupOptions options(Path work, String attempt) throws IOException {
        Files.createDirectories(work);
        return PhysicalBackupOptions.of(new BackupId("b1"), new AttemptId(attempt), WriterOptions.defaults(work), work);
    }

    /** Makes the files of a {@link DirectoryPlace} startable: the log in place, tablespaces where they now lie. */
    static Path startable(DirectoryPlace place) throws IOException {
        Path data = place.data();
        try (Stream<Path> segments = Files.list(place.walFolder())) {
            for (Path segment : segments.toList()) {
                Files.copy(segment, data.resolve("pg_wal").resolve(segment.getFileName()));
            }
        }
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        // The tablespaces' files lie below pg_tblspc itself; links must lead to them from elsewhere.
        Path map = data.resolve("tablespace_map");
        if (Files.exists(map)) {
            Files.delete(map);
            Path elsewhere = Files.createDirectories(data.resolveSibling("tablespaces"));
            try (Stream<Path> tablespaces = Files.list(data.resolve("pg_tblspc"))) {
                for (Path tablespace : tablespaces.toList()) {
                    Path moved = elsewhere.resolve(tablespace.getFileName());
                    Files.move(tablespace, moved);
                    Files.createSymbolicLink(tablespace, moved);
                }
            }
        }
        return data;
    }
}
