package io.holdfast.repository.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.FileHeader;
import io.holdfast.repository.write.FileSink;
import io.holdfast.repository.write.WriterOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweeperTest {
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
    private static final FilePath LARGE = new FilePath("base/5/large");
    private static final int PAGE = 8192;

    private final byte[] content = SampleBackup.random(new Random(5), 700 * PAGE);
    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Path work;
    private final TargetPlace place;
    private Instant now = SampleBackup.NOW;

    SweeperTest(@TempDir Path work) throws Exception {
        this.work = work;
        this.place = SampleBackup.place(store);
    }

    @Test
    void what_a_deleted_parent_shares_with_a_kept_backup_stays() throws Exception {
        BackupManifest parent = backup("parent", Optional.empty(), content);
        BackupManifest child = backup("child", Optional.of(parent), changed());

        sweeper(store).delete(parent.backup());
        SweepReport report = sweeper(store).sweep();

        assertThat(report.removed()).containsExactly(parent.backup());
        assertThat(place.listManifests()).containsExactly(child.backup());
        assertRestores(child);
        assertThat(keys("manifests/")).hasSize(1);
        assertThat(keys("indexes/")).hasSize(1);
        sweeper(store).delete(child.backup());
        sweeper(store).sweep();
        assertThat(keys("packs/")).isEmpty();
        assertThat(keys("maps/")).isEmpty();
        assertThat(keys("intents/")).isEmpty();
    }

    @Test
    void a_parent_is_not_removed_while_somebody_builds_on_it_and_nobody_begins_to_once_it_is_deleted()
            throws Exception {
        BackupManifest parent = backup("parent", Optional.empty(), content);
        try (BackupWriter child = begin("child", "a1", Optional.of(parent))) {
            sweeper(store).delete(parent.backup());

            assertThat(sweeper(store).sweep().waiting()).containsExactly(parent.backup());
            assertThat(place.listManifests()).isEmpty();
            assertThatThrownBy(() -> begin("other", "a1", Optional.of(parent)))
                    .isInstanceOf(RepositoryException.NotFound.class)
                    .hasMessageContaining("being deleted");
            write(child, changed());
            assertThat(child.commit(details(Optional.of(parent)))).isInstanceOf(CommitOutcome.Committed.class);
        }
        // The one that did not begin may still be thought to, until it is given up.
        assertThat(sweeper(store).sweep().removed()).isEmpty();
        now = now.plus(Duration.ofDays(2));
        assertThat(sweeper(store).sweep().removed()).containsExactly(parent.backup());
        assertRestores(place.manifest(new BackupId("child")).orElseThrow());
    }

    @Test
    void an_attempt_that_sleeps_through_its_backups_whole_life_does_not_bring_it_back() throws Exception {
        try (BackupWriter asleep = begin("backup", "asleep", Optional.empty())) {
            write(asleep, content);
            BackupManifest completed = backup("backup", Optional.empty(), content);
            sweeper(store).delete(completed.backup());
            sweeper(store).sweep();

            assertThat(asleep.commit(SampleBackup.logical())).isInstanceOf(CommitOutcome.Fenced.class);
        }
        assertThat(place.listManifests()).isEmpty();
        assertThat(place.manifest(new BackupId("backup"))).isEmpty();
        sweeper(store).sweep();
        assertThat(keys(""))
                .containsExactly(LAYOUT.tombstone(new BackupId("backup")).value());
    }

    @Test
    void an_attempt_without_an_end_is_given_up_after_a_time_by_the_sweepers_clock() throws Exception {
        try (BackupWriter asleep = begin("backup", "asleep", Optional.empty())) {
            write(asleep, content);
            sweeper(store).sweep();
            now = now.plus(Duration.ofHours(23));
            assertThat(sweeper(store).sweep().underWay()).hasSize(1);
            now = now.plus(Duration.ofHours(2));

            assertThat(sweeper(store).sweep().givenUp()).containsExactly(new BackupId("backup"));
            assertThat(asleep.commit(SampleBackup.logical())).isInstanceOf(CommitOutcome.Fenced.class);
        }
        sweeper(store).sweep();
        assertThat(keys(""))
                .containsExactly(LAYOUT.manifest(new BackupId("backup")).value());
    }

    @Test
    void a_map_that_a_new_backup_finds_there_is_not_removed_under_it() throws Exception {
        BackupManifest parent = backup("parent", Optional.empty(), content);
        byte[] shorter = Arrays.copyOf(content, 650 * PAGE);
        BackupManifest first = backup("first", Optional.of(parent), shorter);
        sweeper(store).delete(first.backup());

        // The sweep has looked, and is about to remove the first one's map, which the second one's has to be like.
        boolean[] done = {false};
        sweeper((Deleting) key -> {
                    if (key.value().contains("/maps/") && !done[0]) {
                        done[0] = true;
                        backup("second", Optional.of(parent), shorter);
                    }
                    return store.delete(key);
                })
                .sweep();

        assertThat(done[0]).isTrue();
        assertRestores(place.manifest(new BackupId("second")).orElseThrow());
    }

    @Test
    void a_damaged_manifest_stops_a_sweep_before_anything_is_removed() throws Exception {
        BackupManifest kept = backup("kept", Optional.empty(), content);
        BackupManifest deleted = backup("deleted", Optional.empty(), content);
        sweeper(store).delete(deleted.backup());
        store.delete(LAYOUT.manifest(kept.backup()));
        store.putIfAbsent(LAYOUT.manifest(kept.backup()), new byte[] {1});
        List<String> before = keys("");

        assertThatThrownBy(() -> sweeper(store).sweep()).isInstanceOf(RepositoryException.Damaged.class);
        assertThat(keys("")).isEqualTo(before);
    }

    @Test
    void what_the_store_does_not_let_go_is_told_and_the_rest_goes() throws Exception {
        BackupManifest deleted = backup("deleted", Optional.empty(), content);
        sweeper(store).delete(deleted.backup());

        SweepReport report = sweeper((Deleting) key -> {
                    if (key.value().contains("/packs/")) {
                        throw new RepositoryException.Denied("It is locked.", "wait.", null);
                    }
                    return store.delete(key);
                })
                .sweep();

        assertThat(report.denied()).hasSize(keys("packs/").size()).isNotEmpty();
        assertThat(keys("indexes/")).isEmpty();
        sweeper(store).sweep();
        assertThat(keys("packs/")).isEmpty();
    }

    @Test
    void what_is_used_of_packs_that_are_mostly_unused_is_stored_anew_so_that_they_can_go() throws Exception {
        Random random = new Random(7);
        byte[] bytes = content.clone();
        BackupManifest newest = backup("b100", Optional.empty(), bytes);
        long longest = 0;
        for (int number = 101; number <= 130; number++) {
            for (int i = 0; i < 70; i++) {
                System.arraycopy(SampleBackup.random(random, PAGE), 0, bytes, random.nextInt(700) * PAGE, PAGE);
            }
            BackupManifest next = backup("b" + number, Optional.of(newest), bytes);
            sweeper(store).delete(newest.backup());
            sweeper(store).sweep();
            newest = next;
            longest = Math.max(longest, packBytes());
        }

        // Else all that was ever written, four times as much, would still be there.
        assertThat(longest).isLessThan(bytes.length * 5L / 2);
        assertThat(newest.refersTo())
                .noneMatch(attempt -> attempt.backup().value().equals("b100"));
        assertThat(newest.usedBytes()).hasSameSizeAs(newest.refersTo());
        assertThat(newest.usedBytes().stream().mapToLong(Long::longValue).sum()
                        + newest.packs().stream()
                                .mapToLong(BackupManifest.PackReference::length)
                                .sum())
                .isBetween(bytes.length * 9L / 10, bytes.length * 11L / 10);
        assertRestores(newest);
    }

    private long packBytes() throws RepositoryException {
        long bytes = 0;
        ObjectStore.Listing listing = store.list(LAYOUT.packs());
        while (listing.hasNext()) {
            bytes += listing.next().length();
        }
        return bytes;
    }

    /** A store whose deletes do what a test wants. */
    @FunctionalInterface
    private interface Deleting extends DeletableStore {
        @Override
        default void close() {}
    }

    private Sweeper sweeper(DeletableStore deletable) {
        InstantSource clock = () -> now;
        return new Sweeper(
                store,
                deletable,
                LAYOUT,
                PlaceKeys.NONE,
                List::of,
                Duration.ofHours(24),
                clock.withZone(ZoneOffset.UTC));
    }

    private byte[] changed() {
        byte[] changed = content.clone();
        changed[300 * PAGE]++;
        return changed;
    }

    private BackupManifest backup(String backup, Optional<BackupManifest> parent, byte[] bytes)
            throws RepositoryException {
        try (BackupWriter writer = begin(backup, "a1", parent)) {
            write(writer, bytes);
            return ((CommitOutcome.Committed) writer.commit(details(parent))).manifest();
        }
    }

    private BackupWriter begin(String backup, String attempt, Optional<BackupManifest> parent)
            throws RepositoryException {
        WriterOptions options =
                WriterOptions.defaults(work).withPackBytes(1 << 20).withMemoryBytes(4 << 20);
        return parent.isEmpty()
                ? place.beginBackup(new BackupId(backup), new AttemptId(attempt), options)
                : place.beginIncremental(new BackupId(backup), new AttemptId(attempt), parent.get(), options);
    }

    private static void write(BackupWriter writer, byte[] bytes) throws RepositoryException {
        FileSink sink = writer.beginFile(new FileHeader.Regular(LARGE, 0600, SampleBackup.NOW));
        sink.write(bytes, 0, bytes.length);
        sink.finish();
    }

    private static BackupDetails details(Optional<BackupManifest> parent) {
        BackupDetails full = SampleBackup.logical();
        return new BackupDetails(
                parent.isEmpty() ? BackupKind.FULL : BackupKind.INCREMENTAL,
                parent.map(BackupManifest::backup),
                full.startedAt(),
                full.finishedAt(),
                full.content(),
                List.of(),
                Map.of());
    }

    private void assertRestores(BackupManifest manifest) throws Exception {
        assertThat(place.read(manifest.backup()).verify(2, ReadProgress.NONE).damages())
                .isEmpty();
    }

    /** What lies in the place below a name. */
    private List<String> keys(String below) throws RepositoryException {
        ObjectStore.Listing listing = store.list(LAYOUT.prefix() + below);
        List<String> keys = new ArrayList<>();
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            keys.add(key.value());
        }
        return keys;
    }
}
