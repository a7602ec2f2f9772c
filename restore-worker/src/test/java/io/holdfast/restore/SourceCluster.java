package io.holdfast.restore;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Backs a running test server up by PostgreSQL's low-level interface: the files are copied between {@code pg_backup_start}
 * and {@code pg_backup_stop}, then the WAL.
 *
 * @see <a href="https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP">Making a
 *     base backup using the low level API</a>
 */
public final class SourceCluster {
    private static final TargetName TARGET = new TargetName("orders");

    private SourceCluster() {}

    /** What happens while the files are copied. */
    @FunctionalInterface
    public interface Meanwhile {
        void happens(Connection connection) throws SQLException;
    }

    /** Makes a backup; returns the place where it lies. */
    public static TargetPlace backUp(
            PostgresServer server, Repository repository, BackupId id, Path work, Meanwhile meanwhile)
            throws SQLException, IOException {
        return backUpAs("postgres", server, repository, id, work, meanwhile);
    }

    /** The same as another superuser. */
    public static TargetPlace backUpAs(
            String user, PostgresServer server, Repository repository, BackupId id, Path work, Meanwhile meanwhile)
            throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"), user, "");
                Statement statement = connection.createStatement()) {
            String system = one(statement, "select system_identifier from pg_control_system()");
            int segmentSize =
                    Integer.parseInt(one(statement, "select pg_size_bytes(current_setting('wal_segment_size'))"));
            int version = Integer.parseInt(one(statement, "show server_version_num"));
            TargetPlace place = repository.at(TARGET, new Place(system));
            Instant startedAt = Instant.now();
            Lsn start = Lsn.parse(one(statement, "select pg_backup_start('test', true)"));
            meanwhile.happens(connection);
            try (BackupWriter writer = place.beginBackup(id, new AttemptId("a1"), WriterOptions.defaults(work))) {
                List<BackupContent.Tablespace> tablespaces = copy(server.dataDirectory(), writer);
                Lsn stop = stop(statement, writer);
                file(
                        writer,
                        "global/pg_control",
                        Files.readAllBytes(server.dataDirectory().resolve("global/pg_control")));
                int timeline = Integer.parseInt(
                        one(statement, "select pg_walfile_name('" + stop + "')").substring(0, 8), 16);
                WalNeeded wal = new WalNeeded(timeline, start, stop, segmentSize);
                archive(server.dataDirectory().resolve("pg_wal"), place.wal(work), wal);
                CommitOutcome outcome = writer.commit(BackupDetails.of(
                        BackupKind.FULL,
                        startedAt,
                        Instant.now(),
                        new BackupContent.Physical(system, version, wal, tablespaces, Optional.empty())));
                if (!(outcome instanceof CommitOutcome.Committed)) {
                    throw new IllegalStateException("not committed: " + outcome);
                }
            }
            return place;
        }
    }

    private static Lsn stop(Statement statement, BackupWriter writer) throws SQLException, IOException {
        try (ResultSet stopped =
                statement.executeQuery("select lsn, labelfile, spcmapfile from pg_backup_stop(false)")) {
            stopped.next();
            file(writer, "backup_label", stopped.getString(2).getBytes(StandardCharsets.UTF_8));
            if (!stopped.getString(3).isBlank()) {
                file(writer, "tablespace_map", stopped.getString(3).getBytes(StandardCharsets.UTF_8));
            }
            return Lsn.parse(stopped.getString(1));
        }
    }

    private static List<BackupContent.Tablespace> copy(Path data, BackupWriter writer) throws IOException {
        List<BackupContent.Tablespace> tablespaces = new ArrayList<>();
        copyTree(data, data, "", writer);
        try (Stream<Path> links = Files.list(data.resolve("pg_tblspc"))) {
            for (Path link : links.toList()) {
                Path location = Files.readSymbolicLink(link);
                tablespaces.add(new BackupContent.Tablespace(
                        Long.parseLong(link.getFileName().toString()), location.toString()));
                copyTree(location, location, "pg_tblspc/" + link.getFileName() + "/", writer);
            }
        }
        return tablespaces;
    }

    private static void copyTree(Path top, Path at, String prefix, BackupWriter writer) throws IOException {
        try (Stream<Path> entries = Files.list(at)) {
            for (Path entry : entries.sorted().toList()) {
                String path = prefix + top.relativize(entry);
                boolean left = path.startsWith("postmaster.") || path.equals("global/pg_control");
                if (left || Files.isSymbolicLink(entry)) {
                    continue;
                }
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    writer.addDirectory(new FilePath(path), 0700, Instant.now());
                    if (!path.equals("pg_wal") && !path.equals("pg_replslot")) {
                        copyTree(top, entry, prefix, writer);
                    }
                } else {
                    file(writer, path, Files.readAllBytes(entry));
                }
            }
        }
    }

    private static void file(BackupWriter writer, String path, byte[] bytes) throws IOException {
        FileSink sink = writer.beginFile(new FileHeader.Regular(new FilePath(path), 0600, Instant.now()));
        sink.write(bytes, 0, bytes.length);
        sink.finish();
    }

    private static void archive(Path from, WalArchive archive, WalNeeded wal) throws IOException {
        for (WalSegmentName name : wal.segments()) {
            byte[] bytes = Files.readAllBytes(from.resolve(name.value()));
            try (WalSegmentWriter writer =
                    archive.begin(wal.timeline(), name.segmentNumber(wal.segmentSize()), wal.segmentSize())) {
                writer.write(0, bytes, 0, bytes.length);
                writer.finish();
            }
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }
}
