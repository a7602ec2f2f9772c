package io.holdfast.verifier.verification;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.RepositoryException;
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
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Some files of a real cluster and its real WAL, copied while it was in backup mode, with a manifest as PostgreSQL writes
 * it. Small, and therefore not all that a restore needs.
 *
 * @param files   by their path, in order
 * @param listed  what the manifest says of each file; the same bytes, unless a test changes one of the two
 * @param wal     complete segments
 */
public record ClusterCopy(
        String systemIdentifier,
        int serverVersion,
        WalNeeded needed,
        Map<FilePath, byte[]> files,
        Map<FilePath, byte[]> listed,
        Map<WalSegmentName, byte[]> wal) {

    private static final String CHANGES = "INCREMENTAL.";
    private static final FilePath LIST = new FilePath("backup_manifest");
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    /** Copies from a running server. */
    public static ClusterCopy of(PostgresServer server) throws SQLException, IOException {
        server.execute(
                "postgres",
                "create table orders (id int, what text)",
                "alter table orders alter what set storage external",
                "insert into orders select n, repeat(md5(n::text), 300) from generate_series(1, 700) n");
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            Lsn start = Lsn.parse(text(statement, "select pg_backup_start('copy', true)"));
            Map<FilePath, byte[]> files = new LinkedHashMap<>();
            Path data = server.dataDirectory();
            for (String folder : List.of("base/1", databaseFolder(statement), "global")) {
                try (Stream<Path> found = Files.list(data.resolve(folder))) {
                    for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
                        files.put(new FilePath(data.relativize(file).toString()), Files.readAllBytes(file));
                    }
                }
            }
            // Enough for records that go over pages and segments.
            statement.execute("insert into orders select n, repeat(md5(n::text), 300) from generate_series(1, 400) n");
            Lsn stop = Lsn.parse(text(statement, "select lsn from pg_backup_stop(false)"));
            int segmentSize = Integer.parseInt(
                    text(statement, "select setting from pg_settings where name = 'wal_segment_size'"));
            WalNeeded needed = new WalNeeded(1, start, stop, segmentSize);
            Map<WalSegmentName, byte[]> wal = new LinkedHashMap<>();
            for (WalSegmentName segment : needed.segments()) {
                wal.put(segment, Files.readAllBytes(data.resolve("pg_wal").resolve(segment.value())));
            }
            return new ClusterCopy(
                    text(statement, "select system_identifier from pg_control_system()"),
                    Integer.parseInt(text(statement, "show server_version_num")),
                    needed,
                    files,
                    files,
                    wal);
        }
    }

    public Place place() {
        return new Place(systemIdentifier);
    }

    /** A copy of a file's bytes. */
    public byte[] file(FilePath path) {
        return Objects.requireNonNull(files.get(path)).clone();
    }

    /** A copy of a segment's bytes. */
    public byte[] segment(WalSegmentName name) {
        return Objects.requireNonNull(wal.get(name)).clone();
    }

    public ClusterCopy withFile(FilePath path, byte[] content) {
        Map<FilePath, byte[]> changed = new LinkedHashMap<>(files);
        changed.put(path, content);
        return new ClusterCopy(systemIdentifier, serverVersion, needed, changed, listed, wal);
    }

    public ClusterCopy withoutFile(FilePath path) {
        Map<FilePath, byte[]> changed = new LinkedHashMap<>(files);
        changed.remove(path);
        return new ClusterCopy(systemIdentifier, serverVersion, needed, changed, listed, wal);
    }

    /** PostgreSQL sent, and listed, only the changes of this file, and a label that says so. */
    public ClusterCopy withChangesOnly(FilePath path) {
        FilePath label = new FilePath("backup_label");
        Map<FilePath, byte[]> stored = new LinkedHashMap<>();
        stored.put(label, "START TIMELINE: 1\n".getBytes(StandardCharsets.UTF_8));
        stored.putAll(files);
        Map<FilePath, byte[]> sent = new LinkedHashMap<>();
        sent.put(label, "START TIMELINE: 1\nINCREMENTAL FROM TLI: 1\n".getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<FilePath, byte[]> file : listed.entrySet()) {
            String name = file.getKey().segments().getLast();
            String folder =
                    file.getKey().value().substring(0, file.getKey().value().length() - name.length());
            boolean changes = file.getKey().equals(path);
            sent.put(
                    changes ? new FilePath(folder + CHANGES + name) : file.getKey(),
                    changes ? new byte[12] : file.getValue());
        }
        return new ClusterCopy(systemIdentifier, serverVersion, needed, stored, sent, wal);
    }

    private Map<String, String> labels() {
        boolean changes = listed.keySet().stream()
                .anyMatch(path -> path.segments().getLast().startsWith(CHANGES));
        return changes ? Map.of(BackupDetails.METHOD_LABEL, BackupDetails.SERVER_INCREMENTAL) : Map.of();
    }

    public ClusterCopy withSegment(WalSegmentName name, byte[] content) {
        Map<WalSegmentName, byte[]> changed = new LinkedHashMap<>(wal);
        changed.put(name, content);
        return new ClusterCopy(systemIdentifier, serverVersion, needed, files, listed, changed);
    }

    public ClusterCopy withoutSegment(WalSegmentName name) {
        Map<WalSegmentName, byte[]> changed = new LinkedHashMap<>(wal);
        changed.remove(name);
        return new ClusterCopy(systemIdentifier, serverVersion, needed, files, listed, changed);
    }

    /** Makes it a backup. */
    public CommitOutcome.Committed store(TargetPlace place, BackupId backup, Path work) throws RepositoryException {
        WalArchive archive = place.wal(work);
        for (Map.Entry<WalSegmentName, byte[]> segment : wal.entrySet()) {
            long number = segment.getKey().segmentNumber(needed.segmentSize());
            try (WalSegmentWriter writer = archive.begin(needed.timeline(), number, needed.segmentSize())) {
                writer.write(0, segment.getValue(), 0, segment.getValue().length);
                writer.finish();
            }
        }
        try (BackupWriter writer = place.beginBackup(backup, new AttemptId("a1"), WriterOptions.defaults(work))) {
            for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
                put(writer, new FileHeader.Regular(file.getKey(), 0600, NOW), file.getValue());
            }
            put(writer, new FileHeader.Attached(LIST), manifest().getBytes(StandardCharsets.UTF_8));
            CommitOutcome outcome = writer.commit(new BackupDetails(
                    BackupKind.FULL,
                    Optional.empty(),
                    NOW,
                    NOW,
                    new BackupContent.Physical(systemIdentifier, serverVersion, needed, List.of(), Optional.of(LIST)),
                    List.of(),
                    labels()));
            if (outcome instanceof CommitOutcome.Committed committed) {
                return committed;
            }
            throw new AssertionError(outcome);
        }
    }

    private static String databaseFolder(Statement statement) throws SQLException {
        return "base/" + text(statement, "select oid from pg_database where datname = 'postgres'");
    }

    private static void put(BackupWriter writer, FileHeader header, byte[] content) throws RepositoryException {
        FileSink sink = writer.beginFile(header);
        sink.write(content, 0, content.length);
        sink.finish();
    }

    /** As PostgreSQL 17 writes it. */
    private String manifest() {
        String lines = "{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": " + systemIdentifier
                + ",\n\"Files\": [\n"
                + listed.entrySet().stream()
                        .map(file -> line(file.getKey(), file.getValue()))
                        .collect(Collectors.joining(",\n"))
                + "\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": " + needed.timeline() + ", \"Start-LSN\": \""
                + needed.startLsn() + "\", \"End-LSN\": \"" + needed.stopLsn() + "\" }\n],\n";
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(lines.getBytes(StandardCharsets.UTF_8));
            return lines + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest) + "\"}\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(FilePath path, byte[] content) {
        CRC32C sum = new CRC32C();
        sum.update(content);
        return "{ \"Path\": \"" + path + "\", \"Size\": " + content.length
                + ", \"Last-Modified\": \"2026-11-20 10:00:00 GMT\", \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \""
                + HexFormat.of().toHexDigits(Integer.reverseBytes((int) sum.getValue())) + "\" }";
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
