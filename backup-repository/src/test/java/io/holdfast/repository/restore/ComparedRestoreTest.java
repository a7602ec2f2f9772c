package io.holdfast.repository.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.MeteredStore;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparedRestoreTest {
    private static final BackupId BACKUP = new BackupId("b1");
    private static final FilePath TABLESPACE = new FilePath("pg_tblspc/16400");
    private static final FilePath LAST = new FilePath("global/pg_control");
    private static final int PAGE = FrameReference.PAGE;

    private final MeteredStore store = new MeteredStore(new MemoryObjectStore());

    @TempDir
    Path scratch = Path.of("");

    private BackupReader backup;
    private Path plain;
    private Path compared;

    @BeforeEach
    void write(@TempDir Path work) throws Exception {
        TargetPlace place = SampleBackup.place(store);
        try (BackupWriter writer = place.beginBackup(BACKUP, new AttemptId("a1"), WriterOptions.defaults(work))) {
            writer.addDirectory(new FilePath("base"), 0750, SampleBackup.NOW);
            writer.addDirectory(new FilePath("pg_wal"), 0700, SampleBackup.NOW);
            writer.addDirectory(new FilePath("pg_tblspc/16400/PG_17"), 0700, SampleBackup.NOW);
            Random random = new Random(3);
            for (Map.Entry<FilePath, byte[]> file : SampleBackup.files().entrySet()) {
                write(writer, file.getKey(), file.getValue());
            }
            write(writer, new FilePath("pg_tblspc/16400/PG_17/5/1"), SampleBackup.random(random, 40 * PAGE));
            write(writer, LAST, SampleBackup.random(random, PAGE));
            writer.addSymbolicLink(new FilePath("link"), "base/5/1259", SampleBackup.NOW);
            writer.commit(SampleBackup.logical());
        }
        backup = place.read(BACKUP);
        plain = scratch.resolve("plain");
        compared = scratch.resolve("compared");
        backup.restoreTo(plain, options(plain), ReadProgress.NONE);
        backup.restoreTo(compared, options(compared), ReadProgress.NONE);
        store.packBytes();
    }

    private static void write(BackupWriter writer, FilePath path, byte[] bytes) throws RepositoryException {
        FileSink sink = writer.beginFile(new FileHeader.Regular(path, 0640, SampleBackup.NOW));
        sink.write(bytes, 0, bytes.length);
        sink.finish();
    }

    private static RestoreOptions options(Path root) {
        return RestoreOptions.defaults()
                .withThreads(3)
                .withHeldBack(Set.of(LAST))
                .withRedirects(Map.of(TABLESPACE, tablespace(root)));
    }

    private static Path tablespace(Path root) {
        return root.resolveSibling(root.getFileName() + ".tablespace");
    }

    private RestoreReport compare() throws IOException {
        return backup.restoreTo(compared, options(compared).withCompared(true), ReadProgress.NONE);
    }

    private void assertSameAsPlain() throws IOException {
        Map<String, String> expected = Snapshot.of(plain);
        expected.put(TABLESPACE.value(), "link " + tablespace(compared));
        assertThat(Snapshot.of(compared)).isEqualTo(expected);
        assertThat(Snapshot.of(tablespace(compared))).isEqualTo(Snapshot.of(tablespace(plain)));
    }

    @Test
    void a_file_that_is_as_it_should_be_is_not_touched_at_all() throws Exception {
        Path file = compared.resolve("base/5/large");
        Object before = Files.getAttribute(file, "unix:ctime");

        compare();

        assertThat(Files.getAttribute(file, "unix:ctime")).isEqualTo(before);
    }

    @Test
    void directories_of_somebody_else_are_ours_before_anything_is_written_to_them() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root gives directories away");
        UserPrincipal ours = Files.getOwner(compared);
        UserPrincipal somebody =
                compared.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("65534");
        List<Path> given = List.of(
                compared.resolve("base"),
                compared.resolve("base/5"),
                tablespace(compared).resolve("PG_17"));
        for (Path each : given) {
            Files.setOwner(each, somebody);
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxrwxrwx"));
        }

        compare();

        assertSameAsPlain();
        assertThat(given).allSatisfy(each -> assertThat(Files.getOwner(each)).isEqualTo(ours));
    }

    @Test
    void nothing_is_fetched_where_everything_is_there() throws Exception {
        RestoreReport report = compare();

        assertSameAsPlain();
        assertThat(report.kept())
                .isEqualTo(report.bytes())
                .isEqualTo(backup.manifest().sizes().bytes());
        assertThat(report.removed()).isZero();
        assertThat(store.packBytes()).isZero();
    }

    @Test
    void the_frames_of_changed_pages_are_fetched_and_no_others() throws Exception {
        // given a byte changed in one page of one of incompressible frames, and in a page of zeros
        flip(compared.resolve("base/5/large"), 333L * PAGE + 17);
        flip(compared.resolve("base/5/zeros"), 12L * PAGE);

        RestoreReport report = compare();

        assertSameAsPlain();
        long frame = 16L * PAGE;
        assertThat(report.bytes() - report.kept()).isEqualTo(frame + 70L * PAGE);
        assertThat(store.packBytes()).isBetween(frame, frame + 4096);
    }

    @Test
    void a_short_file_is_fetched_from_where_it_ends_and_a_long_one_is_cut() throws Exception {
        truncate(compared.resolve("base/5/random"), 20L * PAGE + 3);
        truncate(compared.resolve("base/5/unaligned"), 900L * PAGE);

        RestoreReport report = compare();

        assertSameAsPlain();
        assertThat(report.bytes() - report.kept()).isEqualTo(34L * PAGE + 1);
    }

    @Test
    void what_the_backup_does_not_have_is_removed_and_nothing_outside_is_touched() throws Exception {
        // given strays of every kind, links that lead out, and somebody's copy by hard link
        Path outside = Files.createDirectories(scratch.resolve("outside/5"));
        Files.writeString(outside.resolve("1259"), "mine");
        Files.writeString(outside.resolve("other"), "mine");
        Files.createDirectories(compared.resolve("base/99/deep"));
        Files.writeString(compared.resolve("base/99/deep/stray"), "stray");
        Files.writeString(compared.resolve("stray"), "stray");
        Files.createSymbolicLink(compared.resolve("base/out"), outside);
        delete(compared.resolve("base/5"));
        Files.createSymbolicLink(compared.resolve("base/5"), outside);
        Files.delete(compared.resolve("pg_wal"));
        Files.createSymbolicLink(compared.resolve("pg_wal"), outside);
        Files.delete(compared.resolve(TABLESPACE.value()));
        Files.createSymbolicLink(compared.resolve(TABLESPACE.value()), outside);
        Files.delete(compared.resolve("-rf"));
        Files.createDirectory(compared.resolve("-rf"));
        Files.writeString(compared.resolve("-rf/stray"), "stray");
        delete(compared.resolve("größe"));
        Files.writeString(compared.resolve("größe"), "a file");
        Files.delete(compared.resolve("one byte"));
        Files.createSymbolicLink(compared.resolve("one byte"), outside.resolve("other"));
        Path copy = scratch.resolve("copy");
        Files.createLink(copy, compared.resolve("PG_VERSION"));
        flip(copy, 0);
        byte[] copied = Files.readAllBytes(copy);
        Files.createDirectories(tablespace(compared).resolve("PG_17/6"));
        Files.writeString(tablespace(compared).resolve("PG_17/6/stray"), "stray");

        RestoreReport report = compare();

        assertSameAsPlain();
        assertThat(report.removed()).isEqualTo(9);
        assertThat(outside.resolve("1259")).hasContent("mine");
        assertThat(outside.resolve("other")).hasContent("mine");
        assertThat(outside).isDirectoryNotContaining(path -> path.toString().endsWith("random"));
        assertThat(copy).hasBinaryContent(copied);
    }

    @Test
    void another_cluster_in_the_same_tablespace_directory_is_left_alone() throws Exception {
        Path other = Files.createDirectories(tablespace(compared).resolve("PG_16/5"));
        Files.writeString(other.resolve("1"), "theirs");

        RestoreReport report = compare();

        assertThat(report.removed()).isZero();
        assertThat(other.resolve("1")).hasContent("theirs");
    }

    @Test
    void modes_are_put_right() throws Exception {
        Files.setPosixFilePermissions(compared.resolve("base/5/1259"), PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(compared.resolve("base/5"), PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(compared.resolve("PG_VERSION"), PosixFilePermissions.fromString("rwxrwxrwx"));

        compare();

        assertSameAsPlain();
    }

    @Test
    void a_file_that_is_held_back_lies_under_another_name() throws Exception {
        Files.writeString(compared.resolve(LAST.value()), "the old one");

        compare();

        assertSameAsPlain();
        assertThat(compared.resolve(LAST.value())).doesNotExist();
        assertThat(compared.resolve(RestoreOptions.heldBackName(LAST).value())).hasSize(PAGE);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatever_happened_to_a_directory_it_becomes_what_a_fresh_one_is(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 12; i++) {
            Damage.some(compared, random);
        }

        RestoreReport report = compare();

        assertSameAsPlain();
        assertThat(report.bytes()).isEqualTo(backup.manifest().sizes().bytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 7})
    void a_restore_that_lost_its_store_goes_on_with_what_it_had(int reads) throws Exception {
        delete(compared);
        delete(tablespace(compared));
        store.goAwayAfter(reads);
        assertThatThrownBy(() -> backup.restoreTo(compared, options(compared), ReadProgress.NONE))
                .isInstanceOf(RepositoryException.Unavailable.class);
        long first = store.packBytes();
        store.goAwayAfter(Long.MAX_VALUE);

        RestoreReport report = compare();

        assertSameAsPlain();
        long all = backup.manifest().packs().stream()
                .mapToLong(pack -> pack.length())
                .sum();
        long second = store.packBytes();
        if (reads > 1) {
            assertThat(report.kept()).isPositive();
            assertThat(second).isLessThan(all);
        }
        assertThat(first + second).isLessThan(2 * all);
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int old = bytes.read();
            bytes.seek(at);
            bytes.write(old ^ 0x40);
        }
    }

    private static void truncate(Path file, long length) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(length);
        }
    }

    private static void delete(Path top) throws IOException {
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Things that happen to directories. */
    private static final class Damage {
        static void some(Path root, Random random) throws IOException {
            List<Path> files;
            try (Stream<Path> all = Files.walk(root)) {
                files = all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                        .sorted()
                        .toList();
            }
            Path file = files.get(random.nextInt(files.size()));
            long size = Files.size(file);
            switch (random.nextInt(6)) {
                case 0 -> flip(file, size == 0 ? 0 : random.nextLong(size));
                case 1 -> truncate(file, random.nextLong(2 * size + 2));
                case 2 -> Files.delete(file);
                case 3 -> Files.move(file, file.resolveSibling("moved" + random.nextInt(100)));
                case 4 -> Files.write(file, SampleBackup.random(random, random.nextInt(40 * PAGE)));
                default -> {
                    Files.delete(file);
                    Files.createDirectory(file);
                    Files.writeString(file.resolve("stray"), "stray");
                }
            }
        }
    }
}
