package io.holdfast.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.sweep.Hold;
import io.holdfast.repository.sweep.Holds;
import io.holdfast.repository.sweep.Tombstones;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;

/**
 * Ten years of a target: workers that succeed, fail, die and take over, a cluster that is promoted and initialised anew,
 * outages, clocks that are set by a year, locks, holds, an intruder with a worker's rights; and retention by random policies,
 * killed now and then. After each run all promises are looked at, and at the end what is left. For one run.
 */
final class RetentionSimulation {
    private static final Duration YEAR = Duration.ofDays(365);

    final SimulatedStore store;
    final Promises promises;
    final Random random;
    final SimulatedWorkers workers;
    final List<SimulatedCluster> clusters = new ArrayList<>();
    final Map<BackupId, Proof> proofs = new HashMap<>();
    final String seed;
    RetentionPolicy policy;
    /** Whether nobody has changed the policy or set a clock, so that whatever was promised once still is. */
    boolean isSteady = true;

    Duration roleOffset = Duration.ZERO;
    Duration workerOffset = Duration.ZERO;
    int removed;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::time).thenComparingLong(Event::number));
    private final Path work;
    private final SimulatedRole role;
    private final Duration interval;
    private final Instant end;
    private Instant time;
    private long number;
    private int backups;
    private boolean isOut;
    private boolean isEnding;

    /** Something that happens. */
    private interface Happening {
        void happen() throws Exception;
    }

    private record Event(Instant time, long number, Happening what) {}

    RetentionSimulation(long seed, Path work) throws Exception {
        this.work = work;
        this.seed = "seed " + seed;
        this.random = new Random(seed);
        this.time = Instant.parse("2019-12-01T00:00:00Z").plusSeconds(random.nextInt(40_000_000));
        this.end = time.plus(Duration.ofDays(3653));
        Optional<Duration> lock =
                random.nextInt(4) == 0 ? Optional.of(Duration.ofDays(1 + random.nextInt(60))) : Optional.empty();
        this.store = new SimulatedStore(() -> time, lock);
        Repository.openOrInitialise(store, new UUID(0, seed));
        this.workers = new SimulatedWorkers(store, random);
        this.promises = new Promises(this.seed);
        this.interval = Duration.ofHours(List.of(36, 96, 168, 336).get(random.nextInt(4)));
        this.policy = SimulatedPolicies.draw(random, interval);
        this.role = new SimulatedRole(this);
        cluster();
    }

    void run() throws Exception {
        in(interval, this::backup);
        in(Duration.ofDays(1), this::retain);
        now(3, this::promote);
        now(2, this::initialise);
        now(2, () -> {
            isSteady = false;
            policy = SimulatedPolicies.draw(random, interval);
        });
        now(3, this::setClock);
        now(3, this::outage);
        now(3, this::hold);
        now(2, this::busyDay);
        now(2, this::intrude);
        until(end);
        finish();
    }

    private void finish() throws Exception {
        isEnding = true;
        roleOffset = Duration.ZERO;
        workerOffset = Duration.ZERO;
        until(end.plus(Duration.ofDays(70)));
        // What is still to go does so without waiting for ten more years.
        RetentionPolicy.Limits limits =
                new RetentionPolicy.Limits(10_000, 10_000, policy.limits().youngest());
        policy = new RetentionPolicy(
                policy.zone(), policy.generations(), policy.count(), policy.age(), policy.window(), limits);
        int quiet = 0;
        for (int run = 0; run < 200 && quiet < 3; run++) {
            time = time.plus(SimulatedRole.PATIENCE).plusSeconds(1);
            quiet = role.runsThrough() ? 0 : quiet + 1;
        }
        // Else it would show nothing.
        assertThat(removed).as(seed).isPositive();
        new Leftovers(this, time).check();
    }

    private void until(Instant when) throws Exception {
        while (!events.isEmpty() && events.peek().time().isBefore(when)) {
            Event next = events.remove();
            time = next.time();
            next.what().happen();
        }
    }

    private void in(Duration duration, Happening what) {
        events.add(new Event(time.plus(duration), number++, what));
    }

    private void now(int most, Happening what) {
        int times = random.nextInt(most + 1);
        for (int i = 0; i < times; i++) {
            in(Duration.ofSeconds(random.nextLong(Duration.between(time, end).toSeconds())), what);
        }
    }

    SimulatedCluster cluster(Place place) {
        return clusters.stream()
                .filter(it -> it.layout.place().equals(place))
                .findFirst()
                .orElseThrow();
    }

    Instant time() {
        return time;
    }

    Instant roleTime() {
        return time.plus(roleOffset);
    }

    private void cluster() {
        Place place = Place.ofSystemIdentifier(7_300_000_000_000_000_001L + clusters.size());
        clusters.add(new SimulatedCluster(store, place, work));
    }

    private void initialise() {
        cluster();
    }

    private void promote() throws Exception {
        clusters.getLast().promote(random, time);
    }

    private void setClock() {
        isSteady = false;
        Duration offset = random.nextBoolean() ? YEAR : YEAR.negated();
        int whose = random.nextInt(3);
        roleOffset = whose == 1 ? Duration.ZERO : offset;
        workerOffset = whose == 0 ? Duration.ZERO : offset;
        in(Duration.ofHours(1 + random.nextInt(500)), () -> {
            roleOffset = Duration.ZERO;
            workerOffset = Duration.ZERO;
        });
    }

    private void outage() {
        isOut = true;
        in(Duration.ofDays(1 + random.nextInt(100)), () -> isOut = false);
    }

    private void hold() throws Exception {
        SimulatedCluster cluster = clusters.get(random.nextInt(clusters.size()));
        List<BackupManifest> made = workers.made.getOrDefault(cluster, List.of());
        if (made.isEmpty()) {
            return;
        }
        BackupId backup = made.get(random.nextInt(made.size())).backup();
        Holds holds = new Holds(store, cluster.layout);
        try {
            holds.put(new Hold(backup, "case-" + number, "a \"case\"", "somebody", time));
        } catch (RepositoryException.NotFound e) {
            return;
        }
        String id = "case-" + number;
        in(Duration.ofDays(100 + random.nextInt(2000)), () -> holds.release(backup, id, store.objects));
    }

    private void busyDay() {
        for (int hour = 0; hour < 48; hour++) {
            in(Duration.ofHours(hour), () -> begin(name()));
        }
    }

    private BackupId name() {
        return new BackupId("b%06d".formatted(backups++));
    }

    private void backup() throws Exception {
        if (isEnding) {
            return;
        }
        // Not quite in time, as schedules are.
        in(interval.plusSeconds(random.nextInt(3600) - 1800), this::backup);
        clusters.getLast().write(random.nextInt(3), time);
        if (!isOut) {
            begin(name());
        }
    }

    private void begin(BackupId backup) throws Exception {
        SimulatedWorkers.Attempt attempt = workers.begin(clusters.getLast(), backup, time.plus(workerOffset));
        Duration duration = random.nextInt(30) == 0
                ? Duration.ofHours(random.nextInt(100))
                : Duration.ofSeconds(60 + random.nextInt(10_000));
        int fate = random.nextInt(100);
        if (fate < 3) {
            return; // dead
        }
        if (fate < 6) {
            in(duration, () -> workers.giveUp(attempt));
            return;
        }
        if (fate < 12) {
            in(duration.dividedBy(2), () -> begin(backup));
        }
        in(duration, () -> {
            clusters.getLast().write(random.nextInt(2), time);
            Optional<WalNeeded> wal = attempt.cluster().end(attempt.wal(), time);
            if (wal.isEmpty()) {
                workers.giveUp(attempt);
            } else if (workers.commit(attempt, wal.get(), time.plus(workerOffset))
                    .isPresent()) {
                look(backup);
            }
        });
    }

    /** Somebody reads it back, sooner or later or never. */
    private void look(BackupId backup) {
        int fate = random.nextInt(100);
        if (fate < 4) {
            return;
        }
        Duration wait =
                fate < 8 ? Duration.ofDays(random.nextInt(60)) : Duration.ofSeconds(600 + random.nextInt(20_000));
        in(
                wait,
                () -> proofs.put(
                        backup, fate >= 8 && fate < 10 ? new Proof.Damaged() : new Proof.Verified(roleTime())));
    }

    /** A stolen worker: may write whatever it wants, and deletes nothing. */
    private void intrude() {
        int acts = 20 + random.nextInt(100);
        for (int act = 0; act < acts; act++) {
            in(Duration.ofHours(random.nextInt(400)), () -> {
                SimulatedCluster cluster = clusters.getLast();
                List<BackupManifest> made = workers.made.getOrDefault(cluster, List.of());
                if (random.nextInt(3) == 0 && !made.isEmpty()) {
                    new Tombstones(store, cluster.layout)
                            .put(made.get(random.nextInt(made.size())).backup());
                    return;
                }
                long shift = random.nextInt(3) == 0 ? random.nextInt(1500) - 750 : 0;
                Instant clock = time.plus(Duration.ofDays(shift));
                BackupId junk = new BackupId("junk%06d".formatted(backups++));
                SimulatedWorkers.Attempt attempt = workers.begin(cluster, junk, clock);
                Optional<WalNeeded> wal = cluster.end(attempt.wal(), time);
                if (wal.isPresent()
                        && workers.commit(attempt, wal.get(), clock.plusSeconds(60))
                                .isPresent()) {
                    in(Duration.ofMinutes(10), () -> proofs.put(junk, new Proof.Verified(roleTime())));
                }
            });
        }
    }

    private void retain() throws Exception {
        if (!isEnding) {
            in(Duration.ofHours(12 + random.nextInt(2000)), this::retain);
            role.run(random.nextInt(10) == 0);
        }
    }

    /** All complete backups of a cluster, whatever lies beside. */
    Map<BackupId, BackupManifest> stored(SimulatedCluster cluster) throws RepositoryException {
        Map<BackupId, BackupManifest> found = new HashMap<>();
        for (BackupId backup : new Manifests(store, cluster.layout, PlaceKeys.NONE).list()) {
            BackupManifest manifest = workers.byName.get(backup);
            if (manifest != null) {
                found.put(backup, manifest);
            }
        }
        return found;
    }
}
