package io.holdfast.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.key.Passphrase;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.key.StoredKeys;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.retention.RetentionPolicy.Limits;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.sweep.Hold;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.WalTime;
import io.holdfast.repository.window.WalTimes;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.WriterOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlaceRetentionTest {
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
    private static final int MIB = SampleBackup.SEGMENT_SIZE;
    private static final RetentionPolicy ONE_DAY = new RetentionPolicy(
            ZoneOffset.UTC,
            Map.of(Generation.DAILY, 1),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new Limits(10, 10, Duration.ZERO));

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Instant now = SampleBackup.NOW.plus(Duration.ofDays(30));
    private final Clock clock = Clock.fixed(now, ZoneOffset.UTC);

    @TempDir
    Path work;

    @Test
    void what_a_policy_does_not_keep_is_gone_with_its_keys_and_the_rest_restores() throws Exception {
        Repository repository = repository(encrypted());
        backup(repository, "b1", 1);
        long keysOfOne = keys("keys/").size();
        backup(repository, "b2", 2);

        RetentionReport report = run(repository, Optional.empty());

        assertThat(report.deleted()).containsExactly(new BackupId("b1"));
        assertThat(keys("keys/")).hasSize((int) keysOfOne);
        assertThat(keys("packs/")).allMatch(key -> key.contains("/b2/")).isNotEmpty();
        TargetPlace place = repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        assertThat(place.read(new BackupId("b2")).verify(1, ReadProgress.NONE).damages())
                .isEmpty();
        assertThat(place.listManifests()).containsExactly(new BackupId("b2"));
    }

    @Test
    void a_held_backup_stays_also_when_it_is_held_between_looking_and_acting() throws Exception {
        Repository repository = repository(RepositoryKeys.none());
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);
        PlaceRetention retention = repository.retention(SampleBackup.TARGET, SampleBackup.CLUSTER);
        PlaceLook look = retention.look(this::whole);
        RetentionPlan plan = RetentionPlan.of(look.backups(), ONE_DAY, now);
        Hold hold = new Hold(new BackupId("b1"), "case-12", "a \"case\"\n", "anna", SampleBackup.NOW);

        retention.holds().put(hold);
        RetentionReport report = retention.act(plan, look, Optional.empty(), store, Duration.ofDays(1), clock);

        assertThat(plan.removed()).containsExactly(new BackupId("b1"));
        assertThat(report.held()).containsExactly(new BackupId("b1"));
        assertThat(retention.holds().list()).containsExactly(hold);
        assertThat(run(repository, Optional.empty()).deleted()).isEmpty();
        assertThat(retention.holds().release(hold.backup(), hold.id(), store)).isTrue();
        assertThat(run(repository, Optional.empty()).deleted()).containsExactly(hold.backup());
        assertThatThrownBy(() -> retention.holds().put(hold)).isInstanceOf(RepositoryException.NotFound.class);
    }

    @Test
    void a_hold_that_cannot_be_read_holds_all_the_same() throws Exception {
        Repository repository = repository(RepositoryKeys.none());
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);
        store.putIfAbsent(LAYOUT.hold(new BackupId("b1"), "x"), "not json".getBytes(StandardCharsets.US_ASCII));

        assertThat(run(repository, Optional.empty()).deleted()).isEmpty();
    }

    @Test
    void a_tombstone_that_somebody_else_wrote_removes_nothing_and_is_taken_away() throws Exception {
        Repository repository = repository(RepositoryKeys.none());
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);
        new Tombstones(store, LAYOUT).put(new BackupId("b2"));
        TargetPlace place = repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        assertThat(place.listManifests()).containsExactly(new BackupId("b1"));

        RetentionReport report = run(repository, Optional.empty());

        assertThat(report.broughtBack()).containsExactly(new BackupId("b2"));
        assertThat(place.listManifests()).containsExactly(new BackupId("b2"));
        assertThat(place.read(new BackupId("b2")).verify(1, ReadProgress.NONE).damages())
                .isEmpty();
    }

    @Test
    void log_goes_at_the_second_look_and_not_while_somebody_is_under_way_who_may_need_it() throws Exception {
        Repository repository = repository(RepositoryKeys.none());
        TargetPlace place = repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        log(1, 40);
        repository
                .walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER)
                .add(1, List.of(new WalTime(SampleBackup.NOW, new Lsn(5L * MIB))));
        for (int number : List.of(5, 30)) {
            String name = WalSegmentName.of(1, number, MIB).toString();
            store.putIfAbsent(new ObjectKey(LAYOUT.prefix() + "wal-verdicts/" + name + "/one"), new byte[3]);
        }
        BackupWriter slow = place.beginBackup(new BackupId("slow"), new AttemptId("a1"), WriterOptions.defaults(work));
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);

        RetentionReport first = run(repository, Optional.empty());
        RetentionReport second = run(repository, Optional.of(first.next()));
        assertThat(first.deleted()).containsExactly(new BackupId("b1"));
        assertThat(keys("wal/")).hasSize(40);
        slow.close();
        place.giveUp(new BackupId("slow"), new AttemptId("a1"), "too slow");
        run(repository, Optional.of(second.next()));

        assertThat(keys("wal/"))
                .hasSize(21)
                .allMatch(key -> key.compareTo(segment(20).value()) >= 0);
        assertThat(keys("wal-times/")).isEmpty();
        assertThat(keys("wal-verdicts/"))
                .singleElement()
                .asString()
                .contains(WalSegmentName.of(1, 30, MIB).toString());
    }

    @Test
    void a_backup_whose_keys_an_interrupted_run_removed_is_not_brought_back() throws Exception {
        Repository repository = repository(encrypted());
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);
        TargetPlace place = repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        KeyId own = place.manifest(new BackupId("b1")).orElseThrow().dataKeys().getFirst();
        assertThat(place.manifest(new BackupId("b2")).orElseThrow().dataKeys()).doesNotContain(own);
        new Tombstones(store, LAYOUT).put(new BackupId("b1"));
        for (String key : keys("keys/" + own)) {
            store.delete(new ObjectKey(key));
        }
        PlaceRetention retention = repository.retention(SampleBackup.TARGET, SampleBackup.CLUSTER);
        PlaceLook look = retention.look(this::whole);
        RetentionPlan plan = RetentionPlan.of(look.backups(), RetentionPolicy.EVERYTHING, now);

        RetentionReport report = retention.act(plan, look, Optional.empty(), store, Duration.ofDays(1), clock);

        assertThat(plan.removed()).isEmpty();
        assertThat(report.broughtBack()).isEmpty();
        assertThat(report.sweep().removed()).containsExactly(new BackupId("b1"));
        assertThat(place.read(new BackupId("b2")).verify(1, ReadProgress.NONE).damages())
                .isEmpty();
    }

    @Test
    void a_manifest_that_claims_keys_of_the_log_and_the_index_does_not_take_them_along() throws Exception {
        Repository repository = repository(encrypted());
        TargetPlace place = repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        SampleBackup.writeWal(place, work);
        List<String> keysOfLogAndIndex = keys("keys/");
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);
        BackupManifest honest = place.manifest(new BackupId("b1")).orElseThrow();
        Set<KeyId> claimed = new LinkedHashSet<>(honest.dataKeys());
        keysOfLogAndIndex.forEach(key -> claimed.add(
                new KeyId(key.substring(LAYOUT.wrappedKeys().length()).split("/", -1)[0])));
        assertThat(claimed).hasSizeGreaterThanOrEqualTo(3);
        PlaceKeys keys = new StoredKeys(store, LAYOUT, repository.id(), encrypted());
        BackupManifest forged = new BackupManifest(
                new BackupId("b0"),
                honest.attempt(),
                honest.target(),
                honest.place(),
                honest.details(),
                honest.pageSize(),
                honest.pageHashSeed(),
                honest.sizes(),
                honest.index(),
                honest.packs(),
                honest.refersTo(),
                honest.usedBytes(),
                List.copyOf(claimed));
        new Manifests(store, LAYOUT, keys).putIfAbsent(new BackupId("b0"), new ManifestObject.Committed(forged));

        RetentionReport report = run(repository, Optional.empty());

        assertThat(report.sweep().removed()).contains(new BackupId("b0"));
        assertThat(keys("keys/")).containsAll(keysOfLogAndIndex);
    }

    @Test
    void times_of_the_log_are_merged_and_what_was_merged_is_removed() throws Exception {
        Repository repository = repository(encrypted());
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);
        WalTimes times = repository.walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER);
        List<WalTime> samples = new ArrayList<>();
        for (int minute = 0; minute < 240; minute++) {
            WalTime sample =
                    new WalTime(SampleBackup.NOW.plus(Duration.ofMinutes(minute)), new Lsn(20L * MIB + 1000L * minute));
            times.add(1, List.of(sample));
            samples.add(sample);
        }
        assertThat(keys("wal-times/")).hasSize(240);

        RetentionReport report = run(repository, Optional.empty());

        assertThat(report.sweep().denied()).isEmpty();
        assertThat(keys("wal-times/")).hasSizeLessThan(60);
        WalTimes fresh = repository.walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER);
        for (WalTime sample : samples) {
            assertThat(fresh.atOrBefore(1, sample.lsn().plus(1))).contains(sample);
        }
    }

    @Test
    void what_a_look_found_of_the_log_can_be_kept_as_text_until_the_next() throws Exception {
        Repository repository = repository(RepositoryKeys.none());
        TargetPlace place = repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER);
        log(1, 40);
        BackupWriter slow = place.beginBackup(new BackupId("slow"), new AttemptId("a1"), WriterOptions.defaults(work));
        backup(repository, "b1", 1);
        backup(repository, "b2", 2);
        LogCut seen = run(repository, Optional.empty()).next();

        LogCut kept = LogCut.decode(seen.encode());
        slow.close();
        place.giveUp(new BackupId("slow"), new AttemptId("a1"), "too slow");
        run(repository, Optional.of(kept));

        assertThat(kept.underWay()).isEqualTo(seen.underWay()).hasSize(1);
        assertThat(kept.newest()).isEqualTo(seen.newest());
        assertThat(keys("wal/"))
                .hasSize(21)
                .allMatch(key -> key.compareTo(segment(20).value()) >= 0);
        assertThatThrownBy(() -> LogCut.decode("{\"version\":9}")).isInstanceOf(IllegalArgumentException.class);
    }

    private RetentionReport run(Repository repository, Optional<LogCut> earlier) throws RepositoryException {
        PlaceRetention retention = repository.retention(SampleBackup.TARGET, SampleBackup.CLUSTER);
        PlaceLook look = retention.look(this::whole);
        RetentionPlan plan = RetentionPlan.of(look.backups(), ONE_DAY, now);
        return retention.act(plan, look, earlier, store, Duration.ofDays(1), clock);
    }

    private Proof whole(BackupId backup) {
        int day = Integer.parseInt(backup.value().substring(1));
        return new Proof.Verified(SampleBackup.NOW.plus(Duration.ofDays(day)));
    }

    private static RepositoryKeys encrypted() {
        Passphrase passphrase = new Passphrase("one for all".toCharArray());
        return RepositoryKeys.builder()
                .indexKey(new byte[SealingKey.LENGTH])
                .recipient(passphrase)
                .build();
    }

    private Repository repository(RepositoryKeys keys) throws RepositoryException {
        return Repository.openOrInitialise(store, new UUID(1, 2), keys);
    }

    /** Made on a day, with ten segments of log for each; the files need what was written on that day. */
    private void backup(Repository repository, String id, int day) throws Exception {
        Instant time = SampleBackup.NOW.plus(Duration.ofDays(day));
        Lsn start = new Lsn(day * 10L * MIB);
        SampleBackup.write(
                repository.at(SampleBackup.TARGET, SampleBackup.CLUSTER),
                id,
                Map.of(new FilePath("base/5/1"), new byte[] {1, 2, (byte) day}),
                BackupDetails.of(
                        BackupKind.FULL,
                        time,
                        time,
                        new BackupContent.Physical(
                                SampleBackup.CLUSTER.value(),
                                170011,
                                new WalNeeded(1, start, start.plus(100), MIB),
                                List.of(),
                                Optional.empty())),
                WriterOptions.defaults(work));
    }

    private void log(int from, int to) {
        for (int number = from; number <= to; number++) {
            store.putIfAbsent(segment(number), new byte[200]);
        }
    }

    private static ObjectKey segment(long number) {
        return LAYOUT.walSegment(WalSegmentName.of(1, number, MIB));
    }

    private List<String> keys(String below) throws RepositoryException {
        ObjectStore.Listing listing = store.list(LAYOUT.prefix() + below);
        List<String> keys = new ArrayList<>();
        while (listing.hasNext()) {
            keys.add(listing.next().key().value());
        }
        return keys;
    }
}
