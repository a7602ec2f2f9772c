package io.holdfast.repository.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.MemoryObjectStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupWriterTest {
    private static final BackupId ID = new BackupId("b1");
    private static final AttemptId FIRST = new AttemptId("a1");

    private final FailingStore store = new FailingStore(new MemoryObjectStore());
    private final Path work;
    private final TargetPlace place;

    BackupWriterTest(@TempDir Path work) throws Exception {
        this.work = work;
        this.place = SampleBackup.place(store);
    }

    private WriterOptions options() {
        return WriterOptions.defaults(work).withPackBytes(1 << 20);
    }

    private static void add(BackupWriter writer, String path, byte[] bytes) throws RepositoryException {
        FileSink sink = writer.beginFile(new FileHeader.Regular(new FilePath(path), 0600, SampleBackup.NOW));
        sink.write(bytes, 0, bytes.length);
        sink.finish();
    }

    @Test
    void of_two_attempts_that_commit_at_once_exactly_one_is_the_backup() throws Exception {
        for (int round = 0; round < 20; round++) {
            BackupId id = new BackupId("race-" + round);
            CyclicBarrier together = new CyclicBarrier(2);
            List<Future<CommitOutcome>> outcomes = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                for (String attempt : List.of("a1", "a2")) {
                    Callable<CommitOutcome> commit = () -> {
                        try (BackupWriter writer = place.beginBackup(id, new AttemptId(attempt), options())) {
                            add(writer, "f", new byte[] {1});
                            together.await();
                            return writer.commit(SampleBackup.logical());
                        }
                    };
                    outcomes.add(threads.submit(commit));
                }
            }
            CommitOutcome one = outcomes.get(0).get();
            CommitOutcome other = outcomes.get(1).get();
            boolean firstWon = one instanceof CommitOutcome.Committed;
            CommitOutcome.Committed won = (CommitOutcome.Committed) (firstWon ? one : other);
            CommitOutcome.AlreadyCommitted lost = (CommitOutcome.AlreadyCommitted) (firstWon ? other : one);
            assertThat(lost.existing()).isEqualTo(won.manifest());
            assertThat(place.manifest(id)).contains(won.manifest());
        }
    }

    @Test
    void a_backup_given_up_cannot_be_completed() throws Exception {
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options())) {
            add(writer, "f", new byte[] {1});
            assertThat(place.giveUp(ID, FIRST, "its worker did not answer")).isEmpty();

            assertThat(writer.commit(SampleBackup.logical()))
                    .isEqualTo(new CommitOutcome.Fenced("its worker did not answer"));
        }
        assertThat(place.manifest(ID)).isEmpty();
        assertThatThrownBy(() -> place.read(ID)).isInstanceOf(RepositoryException.NotFound.class);
    }

    @Test
    void a_completed_backup_cannot_be_given_up() throws Exception {
        CommitOutcome.Committed committed =
                SampleBackup.write(place, "b1", SampleBackup.files(), SampleBackup.logical(), options());

        assertThat(place.giveUp(ID, new AttemptId("a2"), "too late")).contains(committed.manifest());
        assertThat(place.manifest(ID)).contains(committed.manifest());
    }

    @Test
    void an_attempt_closed_before_its_commit_is_listed_nowhere() throws Exception {
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options())) {
            add(writer, "f", SampleBackup.random(new Random(1), 5 << 20));
        }
        assertThat(place.listManifests()).isEmpty();
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void a_full_store_comes_out_of_a_later_call_and_of_the_commit() throws Exception {
        store.failFrom("packs/", new RepositoryException.Full("full", "free space", null));
        byte[] bytes = SampleBackup.random(new Random(1), 1 << 20);
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options().withMemoryBytes(4 << 20))) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            add(writer, "f" + i, bytes);
                        }
                    })
                    .isInstanceOf(RepositoryException.Full.class);
            assertThatThrownBy(() -> writer.commit(SampleBackup.logical()))
                    .isInstanceOfAny(RepositoryException.Full.class, IllegalStateException.class);
        }
        assertThat(place.listManifests()).isEmpty();
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void a_failure_in_the_last_steps_leaves_no_backup() throws Exception {
        for (String step : List.of("packs/", "maps/", "indexes/", "manifests/")) {
            store.failFrom(step, new RepositoryException.Unavailable("gone", "wait", null));
            assertThatThrownBy(() ->
                            SampleBackup.write(place, "b1", SampleBackup.files(), SampleBackup.logical(), options()))
                    .as(step)
                    .isInstanceOf(RepositoryException.Unavailable.class);
            store.heal();
            assertThat(place.listManifests()).isEmpty();
            assertThat(work).isEmptyDirectory();
            deleteLeftovers();
        }
        SampleBackup.write(place, "b1", SampleBackup.files(), SampleBackup.logical(), options());
        assertThat(place.read(ID).verify(1, ReadProgress.NONE).isGood()).isTrue();
    }

    private void deleteLeftovers() throws Exception {
        var listing = store.list(SampleBackup.TARGET + "/");
        while (listing.hasNext()) {
            store.delete(listing.next().key());
        }
    }

    @Test
    void an_interrupt_ends_the_attempt() throws Exception {
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options())) {
            FileSink sink = writer.beginFile(new FileHeader.Regular(new FilePath("f"), 0600, SampleBackup.NOW));
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> sink.write(new byte[10], 0, 10))
                    .isInstanceOf(RepositoryException.Unavailable.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThatThrownBy(() -> sink.write(new byte[1 << 20], 0, 1 << 20))
                    .isInstanceOf(RepositoryException.Unavailable.class);
        }
        assertThat(place.listManifests()).isEmpty();
    }

    @Test
    void closing_from_another_thread_frees_a_blocked_caller() throws Exception {
        store.block("packs/");
        BackupWriter writer = place.beginBackup(ID, FIRST, options().withMemoryBytes(4 << 20));
        try (ExecutorService caller = Executors.newSingleThreadExecutor()) {
            Future<?> blocked = caller.submit(() -> {
                add(writer, "f", SampleBackup.random(new Random(1), 20 << 20));
                return null;
            });
            store.awaitBlocked();
            writer.close();
            assertThatThrownBy(blocked::get).hasCauseInstanceOf(RepositoryException.class);
        }
        assertThat(place.listManifests()).isEmpty();
    }

    @Test
    void what_is_closed_before_its_manifest_is_stored_is_no_backup() throws Exception {
        BackupWriter writer = place.beginBackup(ID, FIRST, options());
        add(writer, "f", new byte[] {1});
        store.afterUpload("indexes/", writer::close);

        assertThatThrownBy(() -> writer.commit(SampleBackup.logical()))
                .isInstanceOf(RepositoryException.Unavailable.class);

        assertThat(place.listManifests()).isEmpty();
    }

    @Test
    void a_manifest_that_is_found_counts_as_durable_only_once_its_name_was_stored_again() throws Exception {
        assertThat(place.durableManifest(ID)).isEmpty();
        assertThat(place.listManifests()).isEmpty();
        CommitOutcome.Committed committed =
                SampleBackup.write(place, "b1", SampleBackup.files(), SampleBackup.logical(), options());

        store.failFrom("manifests/", new RepositoryException.Unavailable("gone", "wait", null));
        assertThat(place.manifest(ID)).contains(committed.manifest());
        assertThatThrownBy(() -> place.durableManifest(ID)).isInstanceOf(RepositoryException.Unavailable.class);

        store.heal();
        assertThat(place.durableManifest(ID)).contains(committed.manifest());
    }

    @Test
    void memory_in_flight_stays_within_its_bound() throws Exception {
        long bound = 8 << 20;
        long most = 0;
        byte[] bytes = SampleBackup.random(new Random(1), 1 << 20);
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options().withMemoryBytes(bound))) {
            for (int i = 0; i < 60; i++) {
                FileSink sink = writer.beginFile(new FileHeader.Regular(new FilePath("f" + i), 0600, SampleBackup.NOW));
                for (int at = 0; at < bytes.length; at += 32 << 10) {
                    sink.write(bytes, at, 32 << 10);
                    most = Math.max(most, writer.progress().bytesInFlight());
                }
                sink.finish();
            }
            writer.commit(SampleBackup.logical());
            assertThat(writer.progress().bytesInFlight()).isZero();
            assertThat(writer.progress().bytesRead()).isEqualTo(60L << 20);
            assertThat(writer.progress().files()).isEqualTo(60);
            assertThat(writer.progress().bytesStored()).isGreaterThan(60L << 20);
        }
        assertThat(most).isPositive().isLessThanOrEqualTo(bound);
    }

    @Test
    void zeros_cost_next_to_nothing() throws Exception {
        CommitOutcome.Committed committed;
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options())) {
            add(writer, "zeros", new byte[300 << 20]);
            committed = (CommitOutcome.Committed) writer.commit(SampleBackup.logical());
        }
        assertThat(committed.manifest().sizes().bytes()).isEqualTo(300L << 20);
        assertThat(committed.manifest().sizes().storedBytes()).isLessThan(1000);
        assertThat(committed.manifest().packs()).isEmpty();
        assertThat(place.read(ID).verify(1, ReadProgress.NONE).bytes()).isEqualTo(300L << 20);
    }

    @Test
    void several_files_are_written_at_the_same_time_within_the_bound_and_each_lies_together() throws Exception {
        int count = 4;
        long bound = 4 << 20;
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            contents.add(SampleBackup.random(new Random(i), (5 << 20) + 1000 * i));
        }
        CommitOutcome.Committed committed;
        WriterOptions options = options().withMemoryBytes(bound).withPackBytes(64 << 20);
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options);
                ExecutorService threads = Executors.newFixedThreadPool(count)) {
            CyclicBarrier allOpen = new CyclicBarrier(count);
            List<Future<Long>> written = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                FilePath path = new FilePath("f" + i);
                byte[] bytes = contents.get(i);
                written.add(threads.submit(() -> {
                    FileSink sink = writer.beginFile(new FileHeader.Regular(path, 0600, SampleBackup.NOW));
                    long most = 0;
                    for (int at = 0; at < bytes.length; at += 50_000) {
                        sink.write(bytes, at, Math.min(50_000, bytes.length - at));
                        most = Math.max(most, writer.progress().bytesInFlight());
                        if (at == 0) {
                            allOpen.await();
                        }
                    }
                    sink.finish();
                    return most;
                }));
            }
            for (Future<Long> each : written) {
                assertThat(each.get()).isPositive().isLessThanOrEqualTo(bound);
            }
            committed = (CommitOutcome.Committed) writer.commit(SampleBackup.logical());
        }

        assertThat(committed.manifest().packs())
                .extracting(BackupManifest.PackReference::number)
                .containsExactly(0, 1, 2, 3);
        BackupReader reader = place.read(ID);
        for (int i = 0; i < count; i++) {
            assertThat(content(reader, "f" + i)).isEqualTo(contents.get(i));
        }
        assertThat(reader.verify(1, ReadProgress.NONE).damages()).isEmpty();
    }

    private static byte[] content(BackupReader reader, String path) throws Exception {
        IndexEntry entry = reader.find(new FilePath(path)).orElseThrow();
        try (InputStream in = reader.open((IndexEntry.WithContent) entry)) {
            return in.readAllBytes();
        }
    }

    @Test
    void a_file_that_gets_nothing_for_long_holds_no_other_up() throws Exception {
        byte[] bytes = SampleBackup.random(new Random(1), 20 << 20);
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options().withMemoryBytes(4 << 20))) {
            FileSink slow = writer.beginFile(new FileHeader.Regular(new FilePath("slow"), 0600, SampleBackup.NOW));
            slow.write(new byte[] {1}, 0, 1);
            add(writer, "f", bytes);
            slow.write(new byte[] {2}, 0, 1);
            slow.finish();
            writer.commit(SampleBackup.logical());
        }

        assertThat(content(place.read(ID), "slow")).containsExactly(1, 2);
        assertThat(content(place.read(ID), "f")).isEqualTo(bytes);
    }

    @Test
    void files_must_be_finished_before_the_commit() throws Exception {
        try (BackupWriter writer = place.beginBackup(ID, FIRST, options())) {
            FileHeader header = new FileHeader.Regular(new FilePath("f"), 0600, SampleBackup.NOW);
            FileSink sink = writer.beginFile(header);
            assertThatThrownBy(() -> writer.beginFile(header)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.commit(SampleBackup.logical())).isInstanceOf(IllegalStateException.class);
            sink.finish();
            assertThatThrownBy(() -> sink.write(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        }
    }
}
