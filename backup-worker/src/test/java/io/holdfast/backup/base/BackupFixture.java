package io.holdfast.backup.base;

import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
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
        return options(work, new BackupId("b1"), new AttemptId(attempt));
    }

    static PhysicalBackupOptions options(Path work, BackupId backup, AttemptId attempt) throws IOException {
        Files.createDirectories(work);
        return PhysicalBackupOptions.of(backup, attempt, WriterOptions.defaults(work), work);
    }

    /** Restores a backup from its repository into a fresh folder: tablespaces beside the data, the log in place. */
    static Path restore(TargetPlace place, BackupManifest manifest, Path folder) throws IOException {
        BackupContent.Physical content =
                (BackupContent.Physical) manifest.details().content();
        Map<FilePath, Path> redirects = new HashMap<>();
        for (BackupContent.Tablespace tablespace : content.tablespaces()) {
            String link = "pg_tblspc/" + tablespace.oid();
            redirects.put(new FilePath(link), folder.resolve("space-" + tablespace.oid()));
        }
        Path data = folder.resolve("data");
        Files.createDirectories(folder);
        place.read(manifest.backup())
                .restoreTo(data, RestoreOptions.defaults().withRedirects(redirects), ReadProgress.NONE);
        // The links were made by the redirects; the map would lead to the source's own folders.
        Files.deleteIfExists(data.resolve("tablespace_map"));
        WalArchive archive = place.wal(folder);
        for (WalSegmentName segment : content.wal().segments()) {
            try (InputStream in = archive.open(segment)) {
                Files.copy(in, data.resolve("pg_wal").resolve(segment.value()));
            }
        }
        return data;
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
