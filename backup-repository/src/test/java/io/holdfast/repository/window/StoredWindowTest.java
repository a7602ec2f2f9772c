package io.holdfast.repository.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.wal.WalVerdicts;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredWindowTest {
    private static final int SIZE = SampleBackup.SEGMENT_SIZE;

    private final Path folder;
    private final Path work;

    StoredWindowTest(@TempDir Path folder, @TempDir Path work) {
        this.folder = folder;
        this.work = work;
    }

    private Repository repository(RepositoryKeys keys) throws RepositoryException {
        return Repository.openOrInitialise(FileObjectStore.at(folder), new UUID(7, 7), keys);
    }

    private static StoredWindow window(Repository repository) {
        return repository.window(SampleBackup.TARGET, SampleBackup.CLUSTER);
    }

    private static TargetPlace place(Repository repository) {
        return repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER);
    }

    private void backup(Repository repository, String name, int timeline, String start, String stop) throws Exception {
        WalNeeded wal = new WalNeeded(timeline, Lsn.parse(start), Lsn.parse(stop), SIZE);
        BackupDetails details = BackupDetails.of(
                BackupKind.FULL,
                SampleBackup.NOW,
                SampleBackup.NOW,
                new BackupContent.Physical(SampleBackup.CLUSTER.value(), 170011, wal, List.of(), Optional.empty()));
        SampleBackup.write(
                place(repository),
                name,
                Map.of(new FilePath("PG_VERSION"), new byte[] {'1', '7'}),
                details,
                WriterOptions.defaults(work));
    }

    private void complete(Repository repository, int timeline, long... numbers) throws Exception {
        WalArchive wal = place(repository).wal(work);
        for (long number : numbers) {
            try (WalSegmentWriter segment = wal.begin(timeline, number, SIZE)) {
                segment.write(0, SampleBackup.segment(number), 0, SIZE);
                segment.finish();
            }
        }
    }

    private void increments(Repository repository, int timeline, long number, int... ends) throws Exception {
        try (WalSegmentWriter segment = place(repository).wal(work).begin(timeline, number, SIZE)) {
            int from = 0;
            for (int end : ends) {
                segment.write(from, SampleBackup.segment(number), from, end - from);
                segment.saveIncrement();
                from = end;
            }
        }
    }

    private Path object(int timeline, long number) {
        return folder.resolve(new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER)
                .walSegment(WalSegmentName.of(timeline, number, SIZE))
                .value());
    }

    @Test
    void an_empty_place_has_no_window() throws Exception {
        try (Repository repository = repository(RepositoryKeys.none())) {
            assertThat(window(repository).read().latestTimeline()).isEmpty();
        }
    }

    @Test
    void the_window_is_found_by_names_and_follows_what_is_stored_and_removed() throws Exception {
        try (Repository repository = repository(RepositoryKeys.none())) {
            complete(repository, 1, 2, 3, 4);
            increments(repository, 1, 5, 100, 250);
            backup(repository, "b1", 1, "0/200028", "0/300100");
            repository
                    .walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER)
                    .add(1, List.of(new WalTime(SampleBackup.NOW.plusSeconds(9), new Lsn(5L * SIZE + 250))));
            StoredWindow window = window(repository);

            assertThat(window.read().stretches(1)).singleElement().satisfies(stretch -> {
                assertThat(stretch.from().lsn()).isEqualTo(Lsn.parse("0/300100"));
                assertThat(stretch.to())
                        .isEqualTo(
                                new Moment(1, new Lsn(5L * SIZE + 250), Optional.of(SampleBackup.NOW.plusSeconds(9))));
            });
            assertThat(window.read().holes(1)).isEmpty();

            Files.delete(object(1, 4));

            assertThat(window.read().end(1).orElseThrow().lsn()).isEqualTo(new Lsn(4L * SIZE));
            assertThat(window.read().holes(1))
                    .singleElement()
                    .satisfies(hole -> assertThat(hole.firstMissing()).isEqualTo(WalSegmentName.of(1, 4, SIZE)));

            new Tombstones(repository.store(), new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER))
                    .put(new BackupId("b1"));

            assertThat(window.read().latestTimeline()).isEmpty();
        }
    }

    @Test
    void an_object_that_was_cut_to_nothing_counts_as_missing() throws Exception {
        try (Repository repository = repository(RepositoryKeys.none())) {
            complete(repository, 1, 2, 3, 4);
            backup(repository, "b1", 1, "0/200028", "0/300100");
            Files.write(object(1, 4), new byte[0]);

            assertThat(window(repository).read().end(1).orElseThrow().lsn()).isEqualTo(new Lsn(4L * SIZE));
        }
    }

    @Test
    void whoever_knows_of_damage_leaves_those_objects_out() throws Exception {
        try (Repository repository = repository(RepositoryKeys.none())) {
            complete(repository, 1, 2, 3, 4, 5);
            backup(repository, "b1", 1, "0/200028", "0/300100");

            RecoveryWindow window =
                    window(repository).read(object -> !object.key().value().endsWith("000000010000000000000004"));

            assertThat(window.end(1).orElseThrow().lsn()).isEqualTo(new Lsn(4L * SIZE));
        }
    }

    @Test
    void what_somebody_found_damaged_is_left_out_by_everybody_until_it_is_said_to_be_sound() throws Exception {
        try (Repository repository = repository(RepositoryKeys.none())) {
            complete(repository, 1, 2, 3, 4, 5);
            increments(repository, 1, 6, 100, 250);
            backup(repository, "b1", 1, "0/200028", "0/300100");
            PlaceLayout layout = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
            ObjectKey segment = layout.walSegment(WalSegmentName.of(1, 4, SIZE));
            ObjectKey increment = layout.walIncrement(WalSegmentName.of(1, 6, SIZE), 100, 250);
            WalVerdicts verdicts = repository.walVerdicts(SampleBackup.TARGET, SampleBackup.CLUSTER);

            verdicts.put(increment, WalVerdicts.Finding.DAMAGED, "a byte of it", SampleBackup.NOW);
            assertThat(window(repository).read().end(1).orElseThrow().lsn()).isEqualTo(new Lsn(6L * SIZE + 100));
            verdicts.put(segment, WalVerdicts.Finding.FOREIGN, "another cluster's", SampleBackup.NOW);
            verdicts.put(segment, WalVerdicts.Finding.FOREIGN, "another cluster's", SampleBackup.NOW);
            assertThat(window(repository).read().end(1).orElseThrow().lsn()).isEqualTo(new Lsn(4L * SIZE));
            assertThat(window(repository).read().holes(1)).isNotEmpty();
            assertThat(verdicts.read())
                    .extracting(WalVerdicts.Unsound::detail)
                    .containsExactlyInAnyOrder("a byte of it", "another cluster's");

            verdicts.put(segment, WalVerdicts.Finding.SOUND, "replaced", SampleBackup.NOW);
            assertThat(window(repository).read().end(1).orElseThrow().lsn()).isEqualTo(new Lsn(6L * SIZE + 100));
            verdicts.put(segment, WalVerdicts.Finding.DAMAGED, "once more", SampleBackup.NOW);
            assertThat(verdicts.unsound()).containsExactlyInAnyOrder(segment, increment);

            // Of two who say something at the same time, whoever found damage is believed.
            repository.store().putIfAbsent(layout.walVerdict(segment, "00000003-sound"), new byte[0]);
            assertThat(verdicts.unsound()).containsExactlyInAnyOrder(segment, increment);
        }
    }

    @Test
    void a_promotion_is_followed_by_the_history_file_also_where_the_log_itself_cannot_be_opened() throws Exception {
        byte[] history = "1\t0/480000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII);
        for (RepositoryKeys keys : List.of(RepositoryKeys.none(), GoldenKeys.workers())) {
            try (Repository repository = repository(keys)) {
                complete(repository, 1, 2, 3);
                increments(repository, 1, 4, 0x80000);
                complete(repository, 2, 4, 5);
                place(repository).wal(work).putHistory(2, history);
                backup(repository, "b1", 1, "0/200028", "0/300100");

                RecoveryWindow window = window(repository).read();

                assertThat(window.latestTimeline()).contains(2);
                assertThat(window.stretches(2)).singleElement().satisfies(stretch -> {
                    assertThat(stretch.from().timeline()).isEqualTo(1);
                    assertThat(stretch.to().lsn()).isEqualTo(new Lsn(6L * SIZE));
                });
            } finally {
                clear();
            }
        }
    }

    private void clear() throws Exception {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }
}
