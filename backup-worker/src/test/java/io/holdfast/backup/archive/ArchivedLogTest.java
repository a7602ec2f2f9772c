package io.holdfast.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.wal.WalArchive;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a server's files is kept, and under what. */
class ArchivedLogTest {
    private static final long CLUSTER = 7_300_000_000_000_000_001L;
    private static final TargetName TARGET = new TargetName("orders");
    private static final Place PLACE = Place.ofSystemIdentifier(CLUSTER);

    private final Path work;
    private final Path folder;
    private final Repository repository;
    private final ArchivedLog log;
    private final WalArchive stored;

    ArchivedLogTest(@TempDir Path folder, @TempDir Path work) throws Exception {
        this.work = work;
        this.folder = folder;
        this.repository = Repository.openOrInitialise(FileObjectStore.at(folder), new UUID(7, 7));
        this.log = new ArchivedLog(repository, TARGET, work);
        this.stored = repository.at(TARGET, PLACE).wal(work);
    }

    @AfterEach
    void close() throws Exception {
        assertThat(work).isEmptyDirectory();
        repository.close();
    }

    private void take(String file, byte[] content) throws Exception {
        take(file, content, Optional.of(PLACE));
    }

    private void take(String file, byte[] content, Optional<Place> cluster) throws Exception {
        log.take(ArchivedFile.of(file).orElseThrow(), new ByteArrayInputStream(content), cluster);
    }

    private byte[] read(int timeline, long number) throws Exception {
        try (InputStream in = stored.open(LogSegment.name(timeline, number))) {
            return in.readAllBytes();
        }
    }

    @Test
    void a_segment_is_stored_as_it_is_and_may_come_again() throws Exception {
        byte[] bytes = LogSegment.of(CLUSTER, 1, 5);

        take("000000010000000000000005", bytes);
        take("000000010000000000000005", bytes);

        assertThat(read(1, 5)).isEqualTo(bytes);
    }

    @Test
    void nothing_is_taken_into_the_folder_of_a_disk_that_is_not_mounted() throws Exception {
        // given: a place that is known, and then an empty folder
        take("000000010000000000000005", LogSegment.of(CLUSTER, 1, 5));
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
        Files.createDirectory(folder);

        // then
        assertThatThrownBy(() -> take("000000010000000000000006", LogSegment.of(CLUSTER, 1, 6)))
                .isInstanceOf(RepositoryException.Unavailable.class)
                .hasMessageContaining("mounted");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void other_content_under_a_name_is_refused() throws Exception {
        byte[] bytes = LogSegment.of(CLUSTER, 1, 5);
        take("000000010000000000000005", bytes);
        byte[] other = bytes.clone();
        other[LogSegment.SIZE - 1]++;

        assertThatThrownBy(() -> take("000000010000000000000005", other))
                .isInstanceOf(RepositoryException.Conflict.class);
        assertThat(read(1, 5)).isEqualTo(bytes);
    }

    @Test
    void log_of_another_cluster_than_the_target_has_is_refused() throws Exception {
        take("000000010000000000000005", LogSegment.of(CLUSTER, 1, 5));

        assertThatThrownBy(() -> take("000000010000000000000006", LogSegment.of(CLUSTER + 1, 1, 6)))
                .isInstanceOf(RefusedFileException.class)
                .hasMessageContaining(Long.toString(CLUSTER + 1))
                .hasMessageContaining("HINT:");
        assertThat(repository.places(TARGET)).containsExactly(PLACE);
    }

    @Test
    void a_segment_under_another_name_is_refused() {
        assertThatThrownBy(() -> take("000000010000000000000006", LogSegment.of(CLUSTER, 1, 5)))
                .isInstanceOf(RefusedFileException.class)
                .hasMessageContaining("0/500000");
        assertThatThrownBy(() -> take("000000010000000000000005", LogSegment.of(CLUSTER, 2, 5)))
                .isInstanceOf(RefusedFileException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 8192, LogSegment.SIZE - 1, LogSegment.SIZE + 1, 2 * LogSegment.SIZE})
    void a_segment_of_another_length_is_refused(int length) throws Exception {
        byte[] bytes = Arrays.copyOf(LogSegment.of(CLUSTER, 1, 5), length);

        assertThatThrownBy(() -> take("000000010000000000000005", bytes)).isInstanceOf(RefusedFileException.class);
        assertThat(repository.places(TARGET)).isEmpty();
    }

    @Test
    void what_is_not_log_is_refused() {
        assertThatThrownBy(() -> take("000000010000000000000005", new byte[LogSegment.SIZE]))
                .isInstanceOf(RefusedFileException.class)
                .hasMessageContaining("is not a WAL segment");
    }

    @Test
    void a_history_file_goes_to_the_cluster_that_sent_it_or_the_only_one() throws Exception {
        byte[] history = "1\t0/5080000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII);
        assertThatThrownBy(() -> take("00000002.history", history, Optional.empty()))
                .isInstanceOf(RefusedFileException.class);

        take("00000002.history", history);
        take("00000002.history", history, Optional.empty());

        assertThat(stored.history(2))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(history));
        assertThatThrownBy(() -> take("00000003.history", "no history".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(RefusedFileException.class);
    }

    @ParameterizedTest
    @CsvSource({"1000", "8192", "300000", "1048576"})
    void of_a_partial_segment_what_lies_before_the_switch_is_kept(int end) throws Exception {
        byte[] history = ("1\t" + LogSegment.at(5, end) + "\tno recovery target specified\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] bytes = LogSegment.upTo(CLUSTER, 1, 5, end);
        take("00000002.history", history);

        take("000000010000000000000005.partial", bytes);

        assertThat(read(1, 5)).isEqualTo(Arrays.copyOf(Arrays.copyOf(bytes, end), LogSegment.SIZE));
    }

    @Test
    void of_a_partial_segment_without_a_history_whole_pages_but_the_last_are_kept() throws Exception {
        byte[] bytes = LogSegment.upTo(CLUSTER, 1, 5, 300_000);

        take("000000010000000000000005.partial", bytes);

        int sure = 300_000 / LogSegment.PAGE * LogSegment.PAGE;
        assertThat(read(1, 5)).isEqualTo(Arrays.copyOf(Arrays.copyOf(bytes, sure), LogSegment.SIZE));
    }

    @Test
    void a_note_about_a_backup_is_taken_and_not_kept() throws Exception {
        take("000000010000000000000005.00000028.backup", "START WAL LOCATION: …".getBytes(StandardCharsets.UTF_8));

        assertThat(repository.places(TARGET)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "00000001000000000000000",
                "000000010000000000000005.part",
                "0000000100000000000000g5",
                "../000000010000000000000005",
                "00000001.history2"
            })
    void nothing_else_is_archived(String name) {
        assertThat(ArchivedFile.of(name)).isEmpty();
    }
}
