package io.holdfast.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.window.TimelineAncestry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The only one who deletes, and what has to be so after each of its runs. */
final class SimulatedRole {
    static final Duration PATIENCE = Duration.ofDays(6);
    private static final int REMEMBERED = 10;

    private int runs;
    private final RetentionSimulation world;
    private final Map<Place, PlaceRetention> retentions = new HashMap<>();
    private final Map<Place, LogCut> cuts = new HashMap<>();
    private final Set<BackupId> approved = new HashSet<>();
    private final Deque<Integer> lately = new ArrayDeque<>();
    private boolean isBusy;

    SimulatedRole(RetentionSimulation world) {
        this.world = world;
    }

    /** Runs with everybody agreeing; says whether there is still something to do. */
    boolean runsThrough() throws Exception {
        approved.addAll(plan(look(), world.roleTime()).awaitingApproval());
        isBusy = false;
        run(false);
        return isBusy;
    }

    void run(boolean mayDie) throws Exception {
        Instant now = world.roleTime();
        Map<Place, PlaceLook> looks = look();
        RetentionPlan plan = plan(looks, now);
        requireRestraint(plan);
        Map<Place, List<SimulatedCluster.Position>> moments = new HashMap<>();
        for (PlaceLook look : looks.values()) {
            look.backups().stream().filter(KnownBackup::isVerified).forEach(world.promises::remember);
            moments.put(look.place(), moments(look, now));
        }
        boolean died = act(plan, looks, now, mayDie);
        for (PlaceLook look : looks.values()) {
            check(look, plan, now, died, moments.getOrDefault(look.place(), List.of()));
        }
        if (world.roleOffset.isPositive()) {
            world.store.early.clear();
        }
        assertThat(world.store.early)
                .as("tried although locked, %s", world.seed)
                .isEmpty();
        if (!plan.awaitingApproval().isEmpty()
                && world.roleOffset.isZero()
                && world.workerOffset.isZero()
                && world.random.nextBoolean()) {
            approved.addAll(plan.awaitingApproval());
        }
    }

    private Map<Place, PlaceLook> look() throws RepositoryException {
        Map<Place, PlaceLook> looks = new HashMap<>();
        for (SimulatedCluster cluster : world.clusters) {
            Place place = cluster.layout.place();
            PlaceRetention retention = retention(place);
            looks.put(place, retention.look(it -> world.proofs.getOrDefault(it, new Proof.Unverified())));
        }
        return looks;
    }

    private PlaceRetention retention(Place place) {
        return retentions.computeIfAbsent(
                place, it -> PlaceRetention.of(world.store, world.cluster(it).layout, PlaceKeys.NONE));
    }

    private RetentionPlan plan(Map<Place, PlaceLook> looks, Instant now) {
        Map<Place, List<TimelineAncestry>> timelines = new HashMap<>();
        looks.values().forEach(look -> timelines.put(look.place(), look.timelines()));
        List<KnownBackup> all = looks.values().stream()
                .map(PlaceLook::backups)
                .flatMap(Collection::stream)
                .toList();
        return RetentionPlan.of(all, world.policy, new Circumstances(timelines, usual(), approved), now);
    }

    private int usual() {
        return lately.stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private void requireRestraint(RetentionPlan plan) {
        RetentionPolicy.Limits limits = world.policy.limits();
        assertThat(plan.removed()).as(world.seed).hasSizeLessThanOrEqualTo(limits.perRun());
        assertThat(plan.removed().stream().filter(it -> !approved.contains(it)).count())
                .as(world.seed)
                .isLessThanOrEqualTo(Math.max(limits.freely(), 2L * usual()));
    }

    /** Whether it was killed. */
    private boolean act(RetentionPlan plan, Map<Place, PlaceLook> looks, Instant now, boolean mayDie) throws Exception {
        if (mayDie) {
            world.store.dieAfter(world.random.nextInt(30));
        }
        try {
            for (PlaceLook look : looks.values()) {
                RetentionReport report = retention(look.place())
                        .act(
                                plan,
                                look,
                                Optional.ofNullable(cuts.get(look.place())),
                                world.store,
                                PATIENCE,
                                Clock.fixed(now, ZoneOffset.UTC));
                // As it is kept between runs; not each time, for speed.
                cuts.put(
                        look.place(),
                        ++runs % 20 == 0 ? LogCut.decode(report.next().encode()) : report.next());
                isBusy |= report.sweep().objects() + report.logObjects() > 0
                        || !report.sweep().locked().isEmpty()
                        || !report.locked().isEmpty()
                        || !report.broughtBack().isEmpty()
                        || !look.deleted().isEmpty();
            }
            lately.addLast(plan.removed().size());
            if (lately.size() > REMEMBERED) {
                lately.removeFirst();
            }
            world.removed += plan.removed().size();
            isBusy |= plan.decisions().stream().anyMatch(it -> it.verdict() != Verdict.KEEP);
            return false;
        } catch (RepositoryException.Unavailable e) {
            assertThat(mayDie).as(world.seed).isTrue();
            return true;
        } finally {
            world.store.dieAfter(Integer.MAX_VALUE);
        }
    }

    private void check(
            PlaceLook look, RetentionPlan plan, Instant now, boolean died, List<SimulatedCluster.Position> moments)
            throws Exception {
        SimulatedCluster cluster = world.cluster(look.place());
        Map<BackupId, BackupManifest> stored = world.stored(cluster);
        Set<BackupId> after = stored.keySet();
        Set<BackupId> hasToStay = new HashSet<>();
        look.backups().forEach(it -> hasToStay.add(it.backup()));
        plan.removed().forEach(hasToStay::remove);
        assertThat(after.containsAll(hasToStay))
                .as("outside the plan, %s", world.seed)
                .isTrue();
        world.promises.check(look.backups(), after, world.policy, now);
        if (world.isSteady) {
            world.promises.checkEver(look.place(), after, world.policy, now);
        }
        for (BackupManifest manifest : stored.values()) {
            requireComplete(cluster, manifest);
        }
        for (SimulatedCluster.Position moment : moments) {
            assertThat(stored.values())
                    .as("%s of the window, %s", moment, world.seed)
                    .anyMatch(it -> cluster.reaches(SimulatedWorkers.wal(it), moment));
        }
        if (!died) {
            Set<BackupId> hidden = new Tombstones(world.store, cluster.layout).list();
            hidden.retainAll(hasToStay);
            hidden.removeIf(it -> world.store
                    .lockedUntil(cluster.layout.tombstone(it))
                    .filter(now::isBefore)
                    .isPresent());
            assertThat(hidden).as("hidden by somebody, %s", world.seed).isEmpty();
        }
    }

    private void requireComplete(SimulatedCluster cluster, BackupManifest manifest) {
        boolean isComplete = isThere(cluster, manifest.backup(), manifest)
                && manifest.refersTo().stream()
                        .allMatch(used -> world.store
                                .head(cluster.layout.pack(new PackName(used.backup(), used.attempt(), 0)))
                                .isPresent())
                && SimulatedWorkers.wal(manifest).segments().stream().allMatch(cluster::isStored);
        if (!isComplete) {
            throw new AssertionError("Something is missing of " + manifest + ", " + world.seed);
        }
    }

    private boolean isThere(SimulatedCluster cluster, BackupId backup, BackupManifest manifest) {
        return world.store
                        .head(cluster.layout.index(backup, manifest.attempt()))
                        .isPresent()
                && world.store
                        .head(cluster.layout.pack(new PackName(backup, manifest.attempt(), 0)))
                        .isPresent();
    }

    /** Some moments of the window that can be reached now. */
    private List<SimulatedCluster.Position> moments(PlaceLook look, Instant now) {
        if (world.policy.window().isEmpty() || !world.isSteady) {
            return List.of();
        }
        List<KnownBackup> trusted = look.backups().stream()
                .filter(it -> Promises.isInTime(it) && Promises.hasCome(it, now))
                .toList();
        Optional<Instant> newest = trusted.stream().map(KnownBackup::finishedAt).max(Instant::compareTo);
        if (newest.isEmpty()) {
            return List.of();
        }
        Instant begin = (newest.get().isBefore(now) ? newest.get() : now)
                .minus(world.policy.window().get());
        SimulatedCluster cluster = world.cluster(look.place());
        List<SimulatedCluster.Position> within = new ArrayList<>();
        for (SimulatedCluster.Position position : cluster.been.reversed()) {
            if (position.time().isBefore(begin)) {
                break;
            }
            if (world.random.nextInt(4) == 0
                    && trusted.stream().anyMatch(it -> cluster.reaches(it.wal().orElseThrow(), position))) {
                within.add(position);
            }
        }
        return within;
    }
}
