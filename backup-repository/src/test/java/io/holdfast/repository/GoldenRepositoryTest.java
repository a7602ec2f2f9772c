package io.holdfast.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.key.AwsKmsServer;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.NotedException;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A repository of format 1, as it was written when that format was new. It is never written again: whatever reads
 * format 1 must restore it. {@link #writeTo} shows how it was made.
 */
class GoldenRepositoryTest {
    private static final BackupId BACKUP = new BackupId("golden");
    private static final FilePath MANIFEST = new FilePath("backup_manifest");
    private static final int SEGMENT = SampleBackup.SEGMENT_SIZE;

    private static AwsKmsServer kms;

    @BeforeAll
    static void startKms() throws Exception {
        kms = GoldenKeys.kms();
    }

    @AfterAll
    static void stopKms() {
        kms.close();
    }

    private static TargetPlace golden() throws Exception {
        return golden("format-1", RepositoryKeys.none());
    }

    private static TargetPlace golden(String name, RepositoryKeys keys) throws Exception {
        URI resource = Objects.requireNonNull(
                        GoldenRepositoryTest.class.getResource("/golden/" + name + "/holdfast-repository.json"))
                .toURI();
        Path root = Objects.requireNonNull(Path.of(resource).getParent());
        return Repository.open(FileObjectStore.at(root), keys).at(SampleBackup.TARGET, SampleBackup.CLUSTER);
    }

    /** The one that is not encrypted, and the encrypted one with each set of keys that reads it. */
    static List<Arguments> readable() throws Exception {
        RepositoryKeys both = RepositoryKeys.builder()
                .indexKey(GoldenKeys.indexKey())
                .holder(GoldenKeys.passphrase())
                .build();
        return List.of(
                Arguments.of("format-1", RepositoryKeys.none()),
                Arguments.of("format-1", GoldenKeys.restorers()),
                Arguments.of("format-1-sealed", GoldenKeys.restorers()),
                Arguments.of("format-1-kms", GoldenKeys.restorers(kms)),
                Arguments.of("format-1-sealed", both));
    }

    @ParameterizedTest
    @MethodSource("readable")
    void a_repository_of_format_1_restores(String name, RepositoryKeys keys, @TempDir Path scratch) throws Exception {
        BackupReader backup = golden(name, keys).read(BACKUP);
        Path directory = scratch.resolve("restored");

        backup.restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);

        for (Map.Entry<FilePath, byte[]> file : files().entrySet()) {
            assertThat(Files.readAllBytes(directory.resolve(file.getKey().value())))
                    .as(file.getKey().value())
                    .isEqualTo(file.getValue());
        }
        assertThat(directory.resolve("pg_notify")).isEmptyDirectory();
        assertThat(Files.readSymbolicLink(directory.resolve("link"))).isEqualTo(Path.of("PG_VERSION"));
        IndexEntry attachment = backup.find(MANIFEST).orElseThrow();
        try (InputStream in = backup.open((IndexEntry.WithContent) attachment)) {
            assertThat(in.readAllBytes()).isEqualTo(postgresManifest());
        }
        assertThat(backup.manifest().details()).isEqualTo(details());
    }

    @ParameterizedTest
    @MethodSource("readable")
    void a_repository_of_format_1_verifies(String name, RepositoryKeys keys) throws Exception {
        VerificationReport report = golden(name, keys).read(BACKUP).verify(2, ReadProgress.NONE);

        assertThat(report.damages()).isEmpty();
        assertThat(report.missingWal()).isEmpty();
        assertThat(report.files()).isEqualTo(files().size() + 1);
    }

    @ParameterizedTest
    @MethodSource("readable")
    void the_wal_of_a_repository_of_format_1_is_served(String name, RepositoryKeys keys, @TempDir Path work)
            throws Exception {
        WalArchive wal = golden(name, keys).wal(work);

        try (InputStream in = wal.open(WalSegmentName.of(1, 2, SEGMENT))) {
            assertThat(in.readAllBytes()).isEqualTo(segment(2));
        }
        try (InputStream in = wal.open(WalSegmentName.of(1, 3, SEGMENT))) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOf(Arrays.copyOf(segment(3), 3000), SEGMENT));
        }
        assertThat(wal.history(2)).hasValueSatisfying(found -> assertThat(found).isEqualTo(history()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"format-1-sealed", "format-1-kms"})
    void an_encrypted_repository_of_format_1_verifies_with_the_index_key_alone(String name) throws Exception {
        VerificationReport report =
                golden(name, GoldenKeys.verifiers()).read(BACKUP).verify(2, ReadProgress.NONE);

        assertThat(report.isGood()).isTrue();
        assertThat(report.bytesNotOpened()).isPositive();
    }

    @Test
    void a_backup_given_up_in_format_1_is_none() throws Exception {
        assertThat(golden().manifest(new BackupId("given-up"))).isEmpty();
        assertThat(golden().listManifests()).containsExactly(new BackupId("given-up"), BACKUP);
    }

    @Test
    void what_is_written_now_has_the_same_names_as_then(@TempDir Path scratch) throws Exception {
        writeTo(scratch.resolve("repository"), scratch, RepositoryKeys.none());
        Repository now = Repository.open(FileObjectStore.at(scratch.resolve("repository")));
        Path root = Objects.requireNonNull(Path.of(Objects.requireNonNull(
                                GoldenRepositoryTest.class.getResource("/golden/format-1/holdfast-repository.json"))
                        .toURI())
                .getParent());

        assertThat(keys(now)).isEqualTo(keys(Repository.open(FileObjectStore.at(root))));
    }

    /**
     * How well zstd compresses decides the digests of shared maps and how many packs there are: they are left out, and
     * intents, which the next sweep removes.
     */
    private static List<String> keys(Repository repository) throws Exception {
        List<String> keys = new ArrayList<>();
        var listing = repository.store().list("");
        while (listing.hasNext()) {
            String key = listing.next().key().value();
            if (!key.contains("/maps/")
                    && !key.contains("/intents/")
                    && !(key.contains("/packs/") && !key.endsWith("/00000000"))) {
                keys.add(key);
            }
        }
        return keys;
    }

    private static Map<FilePath, byte[]> files() {
        Map<FilePath, byte[]> files = new LinkedHashMap<>();
        files.put(new FilePath("PG_VERSION"), "17\n".getBytes(StandardCharsets.US_ASCII));
        files.put(new FilePath("empty"), new byte[0]);
        files.put(new FilePath("base/5/1"), pages(700));
        files.put(new FilePath("base/5/2"), Arrays.copyOf(pages(3), 3 * 8192 - 100));
        byte[] holes = pages(60);
        Arrays.fill(holes, 0, 40 * 8192, (byte) 0);
        files.put(new FilePath("base/5/3"), holes);
        files.put(new FilePath("it's a \"name\"\n;$(x)"), new byte[] {1, 2, 3});
        return files;
    }

    /** Pages that differ from each other and compress very well. */
    private static byte[] pages(int count) {
        byte[] bytes = new byte[count * 8192];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i / 8192 + 1);
        }
        return bytes;
    }

    private static byte[] segment(long number) {
        byte[] bytes = new byte[SEGMENT];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (number + i / 1000);
        }
        return bytes;
    }

    private static byte[] history() {
        return "1\t0/300BB8\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] postgresManifest() {
        return "{ \"PostgreSQL-Backup-Manifest-Version\": 2 }\n".getBytes(StandardCharsets.US_ASCII);
    }

    private static BackupDetails details() {
        return new BackupDetails(
                BackupKind.FULL,
                Optional.empty(),
                SampleBackup.NOW,
                SampleBackup.NOW.plusSeconds(60),
                new BackupContent.Physical(
                        SampleBackup.CLUSTER.value(),
                        170011,
                        new WalNeeded(1, Lsn.parse("0/200028"), Lsn.parse("0/300BB8"), SEGMENT),
                        List.of(new BackupContent.Tablespace(16400, "/srv/fast disk")),
                        Optional.of(MANIFEST)),
                List.of(new NotedException("page_checksum", Optional.of(new FilePath("base/5/2")), "page 1")),
                Map.of("made-by", "the first writer of format 1"));
    }

    /** Writes such a repository. */
    static void writeTo(Path root, Path work, RepositoryKeys keys) throws Exception {
        TargetPlace place = SampleBackup.place(FileObjectStore.at(root), keys);
        WriterOptions options = WriterOptions.defaults(work).withPackBytes(2048);
        try (BackupWriter writer = place.beginBackup(BACKUP, new AttemptId("attempt-1"), options)) {
            writer.addDirectory(new FilePath("pg_notify"), 0700, SampleBackup.NOW);
            writer.addSymbolicLink(new FilePath("link"), "PG_VERSION", SampleBackup.NOW);
            for (Map.Entry<FilePath, byte[]> file : files().entrySet()) {
                add(writer, new FileHeader.Regular(file.getKey(), 0600, SampleBackup.NOW), file.getValue());
            }
            add(writer, new FileHeader.Attached(MANIFEST), postgresManifest());
            writer.commit(details());
        }
        place.giveUp(new BackupId("given-up"), new AttemptId("attempt-1"), "an example");
        WalArchive wal = place.wal(work);
        try (WalSegmentWriter segment = wal.begin(1, 2, SEGMENT)) {
            segment.write(0, segment(2), 0, SEGMENT);
            segment.finish();
        }
        try (WalSegmentWriter segment = wal.begin(1, 3, SEGMENT)) {
            segment.write(0, segment(3), 0, 1000);
            segment.saveIncrement();
            segment.write(1000, segment(3), 1000, 2000);
            segment.saveIncrement();
        }
        wal.putHistory(2, history());
    }

    private static void add(BackupWriter writer, FileHeader header, byte[] bytes) throws RepositoryException {
        FileSink sink = writer.beginFile(header);
        sink.write(bytes, 0, bytes.length);
        sink.finish();
    }
}
