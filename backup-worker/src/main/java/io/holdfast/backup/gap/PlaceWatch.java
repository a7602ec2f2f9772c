package io.holdfast.backup.gap;

import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.window.WalTime;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.runtime.database.Persistence;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one place of a repository again and again: names and lengths of everything at each look, content as far as it may
 * cost. For one thread.
 */
final class PlaceWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PlaceWatch.class);

    /** Objects whose lengths are remembered; of 16 MiB segments 300 GiB. */
    private static final int REMEMBERED = 20_000;

    private static final Duration MERGING = Duration.ofHours(1);

    private final WatchedPlace place;
    private final Repository repository;
    private final PlaceLayout layout;
    private final StoredWindow window;
    private final WalReading reading;
    private final SeenObjects seen = new SeenObjects(REMEMBERED);
    private final GapTable table;
    private final GapVoice voice;
    private final GapConfig config;
    private final Clock clock;
    private final ArchivedUntil archived;
    private @Nullable Instant timeAdded;
    private @Nullable Instant timesMerged;

    PlaceWatch(
            WatchedPlace place, Repository repository, GapTable table, GapVoice voice, GapConfig config, Clock clock) {
        TargetName target = new TargetName(place.target().value());
        Place cluster = Place.ofSystemIdentifier(Long.parseUnsignedLong(place.systemIdentifier()));
        this.place = place;
        this.repository = repository;
        this.layout = new PlaceLayout(target, cluster);
        this.window = repository.window(target, cluster);
        this.reading = new WalReading(repository.store(), layout, repository.storedWal(target, cluster));
        this.archived = new ArchivedUntil(place, table, voice, config.tellEvery());
        this.table = table;
        this.voice = voice;
        this.config = config;
        this.clock = clock;
    }

    /** Whether this looks at the place. */
    boolean isOf(WatchedPlace other) {
        return place.equals(other);
    }

    /**
     * Looks once, and tells what is new about gaps.
     *
     * @param source where the server was asked where it is, nobody else adds to the index of times, or tells what is archived
     */
    void look(WalPosition position, GapWatch.Source source) throws RepositoryException, InterruptedException {
        // Of a disk that is not mounted nothing is read, and nothing written into its folder.
        repository.requirePresent();
        if (source == GapWatch.Source.PRIMARY) {
            addTime(position);
        }
        boolean first = transaction(() -> table.begin(place, clock.instant()));
        seen.begin();
        RecoveryWindow found = read(known(), seen::see);
        readContent(window.bases());
        Map<ObjectKey, DamagedObject> damaged = known();
        if (!Gap.of(found, position).isEmpty() || !damaged.isEmpty()) {
            // What was stored in the middle of a listing may look as if it were missing: only what is missing twice is.
            found = read(damaged, object -> {});
        }
        tell(first, Gap.of(found, position), found, position, damaged);
        if (source != GapWatch.Source.FOLLOWED) {
            archived.tell(position, found);
        }
        mergeTimes(position.timeline());
    }

    private void addTime(WalPosition position) throws RepositoryException {
        Instant before = timeAdded;
        if (before == null || !position.serverTime().isBefore(before.plus(config.timesEvery()))) {
            window.times().add(position.timeline(), List.of(new WalTime(position.serverTime(), position.server())));
            timeAdded = position.serverTime();
        }
    }

    private void mergeTimes(int timeline) throws RepositoryException {
        Instant now = clock.instant();
        Instant before = timesMerged;
        if (before == null || Duration.between(before, now).abs().compareTo(MERGING) >= 0) {
            window.times().merge(timeline);
            timesMerged = now;
        }
    }

    /** Takes note of each object of the log. */
    @FunctionalInterface
    private interface Note {
        void of(StoredObject object);
    }

    private RecoveryWindow read(Map<ObjectKey, DamagedObject> damaged, Note note)
            throws RepositoryException, InterruptedException {
        Set<ObjectKey> there = new HashSet<>();
        RecoveryWindow found = window.read(object -> {
            note.of(object);
            if (damaged.containsKey(object.key())) {
                there.add(object.key());
                return false;
            }
            return true;
        });
        Set<ObjectKey> gone = new HashSet<>(damaged.keySet());
        gone.removeAll(there);
        if (!gone.isEmpty()) {
            transaction(() -> {
                table.forget(place, gone);
                return gone;
            });
        }
        return found;
    }

    private void readContent(List<WindowBase> bases) throws RepositoryException, InterruptedException {
        List<DamagedObject> damaged = new ArrayList<>();
        List<StoredObject> changed = seen.changed();
        for (StoredObject object : changed) {
            LOG.warnf("the length of %s has changed; it is read again", object.key());
        }
        damaged.addAll(reading.read(changed, Long.MAX_VALUE, bases));
        damaged.addAll(reading.read(seen.fresh(), config.readNew().asLongValue(), bases));
        Optional<ObjectKey> cursor = transaction(() -> table.cursor(place));
        WalReading.Found found = reading.goOn(cursor, againPerLook(), bases);
        damaged.addAll(found.damaged());
        transaction(() -> {
            for (DamagedObject each : damaged) {
                LOG.errorf("%s", each.detail());
                table.add(place, each, clock.instant());
            }
            table.cursor(place, found.cursor());
            return damaged;
        });
    }

    private long againPerLook() {
        return Math.max(
                1,
                config.readAgain().asLongValue()
                        * config.interval().toMillis()
                        / Duration.ofMinutes(1).toMillis());
    }

    private void tell(
            boolean first,
            List<Gap> gaps,
            RecoveryWindow found,
            WalPosition position,
            Map<ObjectKey, DamagedObject> damaged)
            throws InterruptedException {
        transaction(() -> {
            for (Gap gap : gaps) {
                if (first && gap.healedBy().isPresent()) {
                    table.know(place, gap, clock.instant());
                } else {
                    table.open(place, gap, clock.instant())
                            .ifPresent(event -> voice.detected(place, gap, damaged(gap, damaged), event));
                }
            }
            // Gaps come in order, and no two begin in the same segment; were there two, the first would tell of both.
            Map<String, Gap> present = gaps.stream()
                    .collect(Collectors.toMap(
                            gap -> gap.firstMissing().value(), Function.identity(), (earlier, later) -> earlier));
            for (GapTable.Open open : table.open(place)) {
                Gap gap = present.get(open.firstMissing().value());
                boolean healed = gap == null
                        ? isWhole(found, open, position)
                        : gap.healedBy().isPresent();
                if (healed && table.heal(place, open, clock.instant())) {
                    voice.healed(place, open, Optional.ofNullable(gap));
                }
            }
            return gaps;
        });
    }

    /** Whether what was missing is there again: not if there is no window left that could show it. */
    private static boolean isWhole(RecoveryWindow found, GapTable.Open open, WalPosition position) {
        return found.end(position.timeline())
                .filter(end -> end.lsn().compareTo(open.from()) > 0)
                .isPresent();
    }

    /** Damage of the gap's first segment, if it is there at all. */
    private static Optional<DamagedObject> damaged(Gap gap, Map<ObjectKey, DamagedObject> damaged) {
        return damaged.values().stream()
                .filter(it -> WalReading.segment(it.object())
                        .filter(gap.firstMissing()::equals)
                        .isPresent())
                .findFirst();
    }

    private Map<ObjectKey, DamagedObject> known() throws InterruptedException {
        return transaction(() -> table.damaged(place)).stream()
                .collect(Collectors.toMap(DamagedObject::object, Function.identity()));
    }

    private <T> T transaction(Callable<T> work) throws InterruptedException {
        return Persistence.untilDone("the watch over the log of " + place.target(), work);
    }

    @Override
    public void close() throws RepositoryException {
        repository.close();
    }
}
