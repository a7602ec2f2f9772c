package io.holdfast.repository.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.wal.Lsn;
import java.nio.file.Path;
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
    void the_samples_around_a_moment_are_found() throws Exception {
        times.add(1, List.of(sample(0, 100), sample(10, 200), sample(20, 300)));
        times.add(1, List.of(sample(60, 400), sample(70, 500)));

        assertThat(times.around(1, NOON.plusSeconds(15)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(10, 200)), Optional.of(sample(20, 300))));
        assertThat(times.around(1, NOON.plusSeconds(30)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(20, 300)), Optional.of(sample(60, 400))));
        assertThat(times.around(1, NOON.plusSeconds(10)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(10, 200)), Optional.of(sample(20, 300))));
        assertThat(times.around(1, NOON.minusSeconds(1)))
                .isEqualTo(new WalTimes.Around(Optional.empty(), Optional.of(sample(0, 100))));
        assertThat(times.around(1, NOON.plusSeconds(99)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(70, 500)), Optional.empty()));
        assertThat(times.around(2, NOON)).isEqualTo(new WalTimes.Around(Optional.empty(), Optional.empty()));
    }

    @Test
    void a_long_silence_is_looked_over() throws Exception {
        times.add(1, List.of(sample(0, 100)));
        times.add(1, List.of(sample(Duration.ofDays(400).toSeconds(), 200)));

        assertThat(times.around(1, NOON.plus(Duration.ofDays(399))))
                .isEqualTo(new WalTimes.Around(
                        Optional.of(sample(0, 100)),
                        Optional.of(sample(Duration.ofDays(400).toSeconds(), 200))));
        assertThat(times.atOrBefore(1, new Lsn(150))).contains(sample(0, 100));
        assertThat(times.atOrAfter(1, new Lsn(150)))
                .contains(sample(Duration.ofDays(400).toSeconds(), 200));
    }

    @Property(tries = 100)
    void samples_are_found_by_time_and_by_position_wherever_they_lie(@ForAll long seed) throws Exception {
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
                lsn += random.nextInt(3) * 10L;
                samples.add(sample(seconds, lsn));
            }
            all.addAll(samples);
            index.add(1, samples);
        }
        for (int i = 0; i < 40; i++) {
            Instant time = NOON.plusSeconds(random.nextLong(seconds + 100) - 50);
            assertThat(index.around(1, time))
                    .as("at %s, seed %d", time, seed)
                    .isEqualTo(new WalTimes.Around(
                            all.stream().filter(it -> !it.time().isAfter(time)).max(IN_ORDER),
                            all.stream().filter(it -> it.time().isAfter(time)).min(IN_ORDER)));
            Lsn position = new Lsn(random.nextLong(lsn + 10));
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
        assertThat(times.around(1, NOON.plusSeconds(7)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(5, 150)), Optional.of(sample(10, 200))));
    }

    @Test
    void where_a_clock_was_set_back_the_first_time_counts() throws Exception {
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
        assertThat(times.around(1, NOON.plusSeconds(65)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(60, 200)), Optional.of(sample(120, 300))));
        assertThat(times.around(1, NOON.plusSeconds(130)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(110, 500)), Optional.of(sample(170, 600))));
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
        assertThat(times.around(1, NOON.plusSeconds(7201)).before()).contains(sample(7200, 1200));
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

            assertThat(WalTimes.of(store, LAYOUT, PlaceKeys.NONE)
                            .around(1, NOON.plusSeconds(45))
                            .before())
                    .as("byte %d", i)
                    .isNotEqualTo(Optional.of(sample(30, 200)));
        }
    }

    @Test
    void an_object_under_another_name_is_not_taken_for_it() throws Exception {
        times.add(1, List.of(sample(0, 100)));
        byte[] bytes = store.open(objects().getFirst().key()).readAllBytes();
        store.putIfAbsent(
                new WalTimesName(
                                1,
                                NOON.toEpochMilli(),
                                NOON.toEpochMilli() + 5000,
                                new Lsn(100),
                                new Lsn(900),
                                "00000000")
                        .key(LAYOUT),
                bytes);

        assertThat(times.around(1, NOON.plusSeconds(3)).before()).contains(sample(0, 100));
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

        assertThat(sealed.around(1, NOON.plusSeconds(40)).before()).contains(sample(30, 150));
        assertThat(sealed.sealedOnly().around(1, NOON.plusSeconds(40)))
                .isEqualTo(new WalTimes.Around(Optional.of(sample(0, 100)), Optional.of(sample(60, 200))));
        assertThat(repository(GoldenKeys.restorers())
                        .walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER)
                        .sealedOnly()
                        .around(1, NOON)
                        .before())
                .contains(sample(0, 100));
        assertThatThrownBy(() -> repository(RepositoryKeys.none())
                        .walTimes(SampleBackup.TARGET, SampleBackup.CLUSTER)
                        .around(1, NOON))
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
