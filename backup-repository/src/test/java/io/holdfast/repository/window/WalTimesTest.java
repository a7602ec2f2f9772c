package io.holdfast.repository.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.sweep.SweepReport;
import io.holdfast.repository.sweep.Sweeper;
import io.holdfast.repository.wal.Lsn;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalTimesTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
    private static final Comparator<WalTime> IN_ORDER =
            Comparator.comparing(WalTime::lsn).thenComparing(WalTime::time);

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final WalTimes times = WalTimes.of(store, LAYOUT, PlaceKeys.NONE);

    private static WalTime sample(long seconds, long lsn) {
        return new WalTime(NOON.plusSeconds(seconds), new Lsn(lsn));
    }

    private List<StoredObject> objects() throws RepositoryException {
        List<StoredObject> found = new ArrayList<>();
        ObjectStore.Listing listing = store.list(LAYOUT.walTimes());
        while (listing.hasNext()) {
            found.add(listing.next());
        }
        return found;
    }

    @Test
    void the_samples_beside_a_position_are_found() throws Exception {
        times.add(1, List.of(sample(0, 100), sample(10, 200), sample(20, 300)));
        times.add(1, List.of(sample(60, 400), sample(70, 500)));

        assertThat(times.atOrBefore(1, new Lsn(250))).contains(sample(10, 200));
        assertThat(times.atOrAfter(1, new Lsn(250))).contains(sample(20, 300));
        assertThat(times.atOrBefore(1, new Lsn(350))).contains(sample(20, 300));
        assertThat(times.atOrAfter(1, new Lsn(350))).contains(sample(60, 400));
        assertThat(times.atOrBefore(1, new Lsn(200))).contains(sample(10, 200));
        assertThat(times.atOrAfter(1, new Lsn(200))).contains(sample(10, 200));
        assertThat(times.atOrBefore(1, new Lsn(99))).isEmpty();
        assertThat(times.atOrAfter(1, new Lsn(99))).contains(sample(0, 100));
        assertThat(times.atOrBefore(1, new Lsn(900))).contains(sample(70, 500));
        assertThat(times.atOrAfter(1, new Lsn(501))).isEmpty();
        assertThat(times.atOrBefore(2, new Lsn(900))).isEmpty();
    }

    @Test
    void a_long_silence_is_looked_over() throws Exception {
        times.add(1, List.of(sample(0, 100)));
        times.add(1, List.of(sample(Duration.ofDays(400).toSeconds(), 200)));

        assertThat(times.atOrBefore(1, new Lsn(150))).contains(sample(0, 100));
        assertThat(times.atOrAfter(1, new Lsn(150)))
                .contains(sample(Duration.ofDays(400).toSeconds(), 200));
    }

    @Test
    void of_a_server_that_writes_nothing_the_latest_time_is_found() throws Exception {
        int minutes = 5000;
        times.add(1, List.of(sample(-60, 50)));
        for (int minute = 0; minute < minutes; minute++) {
            times.add(1, List.of(sample(minute * 60L, 100)));
        }

        assertThat(WalTimes.of(store, LAYOUT, PlaceKeys.NONE).atOrBefore(1, new Lsn(120)))
                .contains(sample((minutes - 1) * 60L, 100));
        assertThat(times.atOrBefore(1, new Lsn(99))).contains(sample(-60, 50));
        times.add(1, List.of(sample(minutes * 60L, 130)));
        assertThat(times.atOrBefore(1, new Lsn(129))).contains(sample((minutes - 1) * 60L, 100));
        assertThat(times.atOrAfter(1, new Lsn(101))).contains(sample(minutes * 60L, 130));
    }

    @Test
    void one_jump_of_the_clock_spoils_nothing_but_its_own_moment() throws Exception {
        long tenYears = Duration.ofDays(3652).toSeconds();
        for (int minute = 0; minute < 600; minute++) {
            long seconds = minute * 60L + (minute == 200 || minute == 201 ? tenYears : 0);
            times.add(1, List.of(sample(seconds, minute * 1_000_000L)));
        }

        for (int minute = 0; minute < 600; minute++) {
            if (minute != 200 && minute != 201) {
                Lsn behind = new Lsn(minute * 1_000_000L + 500_000);
                assertThat(WalTimes.of(store, LAYOUT, PlaceKeys.NONE).atOrBefore(1, behind))
                        .as("behind minute %d", minute)
                        .contains(sample(minute * 60L, minute * 1_000_000L));
                assertThat(times.atOrBefore(1, behind)).contains(sample(minute * 60L, minute * 1_000_000L));
            }
        }
    }

    @Test
    void what_is_merged_and_swept_is_found_as_before() throws Exception {
        List<WalTime> all = new ArrayList<>();
        for (int minute = 0; minute < 300; minute++) {
            List<WalTime> samples =
                    List.of(sample(minute * 60L, minute * 1000L), sample(minute * 60L + 30, minute * 1000L + 400));
            times.add(1, samples);
            all.addAll(samples);
        }
        times.add(3, List.of(sample(0, 7)));
        store.putIfAbsent(LAYOUT.watchedHistory(3), new byte[] {1});
        int before = objects().size();

        times.merge(1);
        int merged = objects().size() - before;
        WalTimes.of(store, LAYOUT, PlaceKeys.NONE).merge(1);

        assertThat(merged).isBetween(5, 6);
        assertThat(objects()).hasSize(before + merged);
        assertThat(times.superseded()).hasSizeBetween(250, 299);

        SweepReport report = sweeper().sweep();

        assertThat(report.objects()).isGreaterThanOrEqualTo(250);
        assertThat(objects().size()).isLessThan(60);
        assertThat(times.superseded()).isEmpty();
        WalTimes fresh = WalTimes.of(store, LAYOUT, PlaceKeys.NONE);
        for (WalTime each : all) {
            assertThat(fresh.atOrBefore(1, each.lsn().plus(1))).contains(each);
            assertThat(fresh.atOrAfter(1, each.lsn())).contains(each);
        }
        assertThat(fresh.atOrBefore(3, new Lsn(8))).contains(sample(0, 7));
    }

    private Sweeper sweeper() {
        return new Sweeper(
                store, store, LAYOUT, PlaceKeys.NONE, times::superseded, Duration.ofDays(1), Clock.systemUTC());
    }

    @Test
    void what_somebody_adds_later_is_not_swept_with_what_was_merged() throws Exception {
        for (int minute = 0; minute < 120; minute++) {
            times.add(1, List.of(sample(minute * 60L, minute * 1000L)));
        }
        times.merge(1);
        times.add(1, List.of(sample(60 * 20 + 7, 20_500)));

        sweeper().sweep();

        assertThat(WalTimes.of(store, LAYOUT, PlaceKeys.NONE).atOrBefore(1, new Lsn(20_600)))
                .contains(sample(60 * 20 + 7, 20_500));
    }

    @Test
    void what_an_earlier_version_stored_is_found_beside_what_is_stored_now() throws Exception {
        putAsEarlier(List.of(sample(0, 100), sample(10, 200)));
        putAsEarlier(List.of(sample(60, 300)));
        times.add(1, List.of(sample(120, 400)));

        assertThat(times.atOrBefore(1, new Lsn(150))).contains(sample(0, 100));
        assertThat(times.atOrAfter(1, new Lsn(150))).contains(sample(10, 200));
        assertThat(times.atOrBefore(1, new Lsn(350))).contains(sample(60, 300));
        assertThat(times.atOrAfter(1, new Lsn(350))).contains(sample(120, 400));
        assertThat(times.atOrBefore(1, new Lsn(500))).contains(sample(120, 400));
        assertThat(times.atOrAfter(1, new Lsn(50))).contains(sample(0, 100));
    }

    private void putAsEarlier(List<WalTime> samples) throws RepositoryException {
        WalTimesName name = WalTimesCodec.name(1, samples);
        ObjectKey key = new ObjectKey(LAYOUT.walTimes()
                + "00000001/20261120/%015d-%015d-%016X-%016X-%s"
                        .formatted(
                                name.from(),
                                name.to(),
                                name.fromLsn().value(),
                                name.toLsn().value(),
                                name.digest()));
        store.putIfAbsent(
                key,
                BodySeal.with(Optional.empty(), PlaceKeys.NONE)
                        .object(ObjectHeader.Type.WAL_TIMES, key, WalTimesCodec.encode(samples)));
    }

    @Property(tries = 100)
    void samples_are_found_by_position_wherever_they_lie(@ForAll long seed) throws Exception {
        MemoryObjectStore fresh = new MemoryObjectStore();
        WalTimes index = WalTimes.of(fresh, LAYOUT, PlaceKeys.NONE);
        Random random = new Random(seed);
        List<WalTime> all = new ArrayList<>();
        long seconds = 0;
        long lsn = 1;
        for (int object = 0; object < 40; object++) {
            List<WalTime> samples = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(5); i++) {
                seconds += 1 + random.nextInt(random.nextInt(20) == 0 ? 1_000_000 : 100);
                lsn += random.nextInt(3) * (random.nextInt(10) == 0 ? 10_000_000_000L : 10L);
                samples.add(sample(seconds, lsn));
            }
            all.addAll(samples);
            index.add(1, samples);
        }
        for (int i = 0; i < 80; i++) {
            Lsn position = random.nextBoolean()
                    ? new Lsn(random.nextLong(lsn + 10))
                    : all.get(random.nextInt(all.size())).lsn().plus(random.nextInt(3) - 1);
            assertThat(index.atOrBefore(1, position))
                    .as("at %s, seed %d", position, seed)
                    .isEqualTo(all.stream()
                            .filter(it -> it.lsn().compareTo(position) <= 0)
                            .max(IN_ORDER));
            assertThat(index.atOrAfter(1, position).map(WalTime::lsn))
                    .as("at %s, seed %d", position, seed)
                    .isEqualTo(all.stream()
                            .filter(it -> it.lsn().compareTo(position) >= 0)
                            .min(IN_ORDER)
                            .map(WalTime::lsn));
        }
    }

    @Test
    void two_writers_do_not_meet_and_the_same_twice_is_stored_once() throws Exception {
        List<WalTime> samples = List.of(sample(0, 100), sample(10, 200));
        times.add(1, samples);
        times.add(1, samples.reversed());
        assertThat(objects()).hasSize(1);

        WalTimes.of(store, LAYOUT, PlaceKeys.NONE).add(1, List.of(sample(0, 100), sample(5, 150), sample(10, 200)));

        assertThat(objects()).hasSize(2);
        assertThat(times.atOrBefore(1, new Lsn(180))).contains(sample(5, 150));
        assertThat(times.atOrAfter(1, new Lsn(180))).contains(sample(10, 200));
    }

    @Test
    void where_a_clock_was_set_back_another_object_begins() throws Exception {
        times.add(
                1,
                List.of(
                        sample(0, 100),
                        sample(60, 200),
                        sample(120, 300),
                        sample(50, 400),
                        sample(110, 500),
                        sample(170, 600)));

        assertThat(objects()).hasSize(2);
        assertThat(times.atOrBefore(1, new Lsn(350))).contains(sample(120, 300));
        assertThat(times.atOrAfter(1, new Lsn(350))).contains(sample(50, 400));
        assertThat(times.atOrBefore(1, new Lsn(550))).contains(sample(110, 500));
    }

    @Test
    void a_minute_takes_a_few_hundred_bytes() throws Exception {
        List<WalTime> samples = new ArrayList<>();
        for (int second = 0; second < 60; second++) {
            samples.add(new WalTime(
                    NOON.plusNanos(second * 1_000_123_000L), new Lsn(0x1234567890L + second * 150_000_000L)));
        }
        times.add(1, samples);

        assertThat(objects())
                .singleElement()
                .satisfies(it -> assertThat(it.length()).isLessThan(750));
    }

    @Test
    void long_lists_are_cut_into_hours() throws Exception {
        List<WalTime> samples = new ArrayList<>();
        for (int minute = 0; minute < 240; minute++) {
            samples.add(sample(minute * 60L, minute * 10L));
        }
        times.add(1, samples);

        assertThat(objects()).hasSize(4);
        assertThat(times.atOrBefore(1, new Lsn(1205))).contains(sample(7200, 1200));
    }

    @Test
    void a_damaged_object_is_left_out() throws Exception {
        times.add(1, List.of(sample(0, 100)));
        times.add(1, List.of(sample(30, 200)));
        times.add(1, List.of(sample(60, 300)));
        ObjectKey damaged = objects().get(1).key();
        byte[] bytes = store.open(damaged).readAllBytes();
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 0x10;
            store.delete(damaged);
            store.putIfAbsent(damaged, changed);

            assertThat(WalTimes.of(store, LAYOUT, PlaceKeys.NONE).atOrBefore(1, new Lsn(250)))
                    .as("byte %d", i)
                    .contains(sample(0, 100));
        }
    }

    @Test
    void an_object_under_another_name_is_not_taken_for_it() throws Exception {
        times.add(1, List.of(sample(0, 100)));
        byte[] bytes = store.open(objects().getFirst().key()).readAllBytes();
        store.putIfAbsent(
                new WalTimesName(
                                1,
                                new Lsn(200),
                                NOON.toEpochMilli(),
                                new Lsn(900),
                                NOON.toEpochMilli() + 5000,
                                "00000000")
                        .key(LAYOUT),
                bytes);

        assertThat(times.atOrBefore(1, new Lsn(300))).contains(sample(0, 100));
    }

    @Test
    void in_an_encrypted_repository_times_are_sealed_and_unsealed_ones_do_not_count(@TempDir Path work)
            throws Exception {
        RepositoryKeys workers = GoldenKeys.workers();
        // The index key is wrapped for restorers with the first data key, which the log itself needs.
        repository(workers)
                .at(SampleBackup.TARGET, SampleBackup.CLUSTER)
                .wal(work)
                .putHistory(2, new byte[] {'#'});
        WalTimes sealed = repository(workers).walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER);
        sealed.add(1, List.of(sample(0, 100), sample(60, 200)));
        WalTimes.of(store, LAYOUT, PlaceKeys.NONE).add(1, List.of(sample(30, 150)));

        assertThat(sealed.atOrBefore(1, new Lsn(160))).contains(sample(30, 150));
        assertThat(sealed.sealedOnly().atOrBefore(1, new Lsn(160))).contains(sample(0, 100));
        assertThat(sealed.sealedOnly().atOrAfter(1, new Lsn(140))).contains(sample(60, 200));
        assertThat(repository(GoldenKeys.restorers())
                        .walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER)
                        .sealedOnly()
                        .atOrBefore(1, new Lsn(150)))
                .contains(sample(0, 100));
        assertThatThrownBy(() -> repository(RepositoryKeys.none())
                        .walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER)
                        .atOrBefore(1, new Lsn(140)))
                .isInstanceOf(RepositoryException.Denied.class);
    }

    private Repository repository(RepositoryKeys keys) throws RepositoryException {
        return Repository.openOrInitialise(store, new UUID(7, 7), keys);
    }

    @Test
    void a_clock_that_cannot_be_is_refused() {
        assertThatThrownBy(() -> new WalTime(Instant.parse("1969-12-31T23:59:59Z"), Lsn.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("HINT:");
        assertThatThrownBy(() -> new WalTime(Instant.MAX, Lsn.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }
}
