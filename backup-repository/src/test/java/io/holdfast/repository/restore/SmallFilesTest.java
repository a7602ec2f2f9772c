package io.holdfast.repository.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.store.MeteredStore;
import io.holdfast.repository.write.WriterOptions;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many small files, in packs in another order than that of their names. */
class SmallFilesTest {
    private static final int FILES = 1000;

    @TempDir
    private Path folder;

    private final Map<FilePath, byte[]> files = new LinkedHashMap<>();
    private MeteredStore store;
    private Path repository;
    private BackupReader backup;

    @BeforeEach
    void write() throws Exception {
        Random random = new Random(5);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            numbers.add(10_000 + i);
        }
        Collections.shuffle(numbers, random);
        for (int number : numbers) {
            files.put(new FilePath("base/5/" + number), SampleBackup.compressible(random, 8192 * (1 + number % 3)));
        }
        files.put(new FilePath("base/5/large"), SampleBackup.random(random, 1 << 20));
        files.put(new FilePath("base/5/zeros"), new byte[3 * 8192]);
        files.put(new FilePath("empty"), new byte[0]);
        repository = Files.createDirectory(folder.resolve("repository"));
        store = new MeteredStore(FileObjectStore.at(repository));
        TargetPlace place = SampleBackup.place(store);
        SampleBackup.write(
                place,
                "b1",
                files,
                SampleBackup.logical(),
                WriterOptions.defaults(Files.createDirectory(folder.resolve("work"))));
        backup = place.read(new BackupId("b1"));
        store.packReads();
    }

    @Test
    void neighbours_in_a_pack_are_fetched_by_one_request() throws Exception {
        Path directory = folder.resolve("restored");

        RestoreReport report = backup.restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);

        requireWhole(directory);
        assertThat(report.files()).isEqualTo(files.size());
        assertThat(store.packReads()).isLessThan(FILES / 40);
        assertThat(store.packBytes()).isLessThan(backup.manifest().sizes().storedBytes() * 5 / 4);
    }

    @Test
    void a_comparing_restore_fetches_nothing_for_neighbours_that_are_there() throws Exception {
        Path directory = folder.resolve("restored");
        backup.restoreTo(directory, RestoreOptions.defaults(), ReadProgress.NONE);
        for (int number : List.of(10_000, 10_700, 10_999)) {
            try (RandomAccessFile file =
                    new RandomAccessFile(directory.resolve("base/5/" + number).toFile(), "rw")) {
                file.write(new byte[] {1, 2, 3});
            }
        }
        Files.delete(directory.resolve("base/5/10300"));
        store.packReads();
        store.packBytes();

        RestoreReport report =
                backup.restoreTo(directory, RestoreOptions.defaults().withCompared(true), ReadProgress.NONE);

        requireWhole(directory);
        assertThat(store.packReads()).isBetween(1L, 4L);
        assertThat(store.packBytes()).isLessThan(4 * 64 * 1024);
        assertThat(report.files()).isEqualTo(files.size());
    }

    @Test
    void a_pack_that_ends_too_early_loses_the_files_behind_its_end_and_no_other() throws Exception {
        Path pack;
        try (Stream<Path> all = Files.walk(repository)) {
            pack = all.filter(file -> file.toString().contains("/packs/"))
                    .filter(Files::isRegularFile)
                    .max(java.util.Comparator.comparingLong(
                            file -> file.toFile().length()))
                    .orElseThrow();
        }
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThatThrownBy(
                        () -> backup.restoreTo(folder.resolve("refused"), RestoreOptions.defaults(), ReadProgress.NONE))
                .isInstanceOf(RepositoryException.Damaged.class);

        Path directory = folder.resolve("restored");
        RestoreReport report =
                backup.restoreTo(directory, RestoreOptions.defaults().withAcceptDamage(true), ReadProgress.NONE);

        List<String> lost = report.damages().stream()
                .flatMap(damage -> damage.files().stream())
                .map(FilePath::value)
                .distinct()
                .toList();
        assertThat(lost).hasSizeBetween(FILES / 5, FILES);
        for (Map.Entry<FilePath, byte[]> file : files.entrySet()) {
            if (!lost.contains(file.getKey().value())) {
                assertThat(directory.resolve(file.getKey().value())).hasBinaryContent(file.getValue());
            }
        }
    }

    private void requireWhole(Path directory) {
        files.forEach(
                (path, bytes) -> assertThat(directory.resolve(path.value())).hasBinaryContent(bytes));
    }
}
