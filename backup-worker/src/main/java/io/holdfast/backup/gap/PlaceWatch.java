package io.holdfast.backup.gap;

import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.window.TimelineAncestry;
import io.holdfast.repository.window.WalTime;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.runtime.database.Persistence;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
    private final KnownDamage damage;
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
        this.damage = new KnownDamage(repository.store(), layout, clock);
        this.archived = new ArchivedUntil(place, table, voice, config.tellEvery(), this::fork);
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
        damage.refresh();
        RecoveryWindow found = read(seen::see);
        readContent(window.bases());
        if (!Gap.of(found, position).isEmpty() || !damage.isEmpty()) {
            // What was stored in the middle of a listing may look as if it were missing: only what is missing twice is.
            found = read(object -> {});
        }
        tell(first, Gap.of(found, position), found, position);
        if (source != GapWatch.Source.FOLLOWED) {
            archived.tell(position, found);
        }
        mergeTimes(position.timeline());
    }

    private Optional<WalArchived.TimelineFork> fork(int timeline) throws RepositoryException {
        return window.ancestry(timeline).filter(it -> !it.parents().isEmpty()).map(ancestry -> {
            TimelineAncestry.Parent last = ancestry.parents().getLast();
            return new WalArchived.TimelineFork(last.timeline(), last.end().toString());
        });
    }

    private void addTime(WalPosition position) throws RepositoryException {
        Instant before = timeAdded;
        Instant time = position.serverTime();
        if (time != null && (before == null || !time.isBefore(before.plus(config.timesEvery())))) {
            window.times().add(position.timeline(), List.of(new WalTime(time, position.server())));
            timeAdded = time;
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

    private RecoveryWindow read(Note note) throws RepositoryException {
        Set<ObjectKey> there = new HashSet<>();
        RecoveryWindow found = window.read(object -> {
            note.of(object);
            if (damage.has(object.key())) {
                there.add(object.key());
            }
            return true;
        });
        // Without a base backup nothing was listed.
        if (found.latestTimeline().isPresent()) {
            damage.onlyThere(there);
        }
        return found;
    }

    private void readContent(List<WindowBase> bases) throws RepositoryException, InterruptedException {
        List<StoredObject> changed = seen.changed();
        for (StoredObject object : changed) {
            LOG.warnf("the length of %s has changed; it is read again", object.key());
        }
        Optional<ObjectKey> cursor = transaction(() -> table.cursor(place));
        WalReading.Found found = reading.goOn(cursor, againPerLook(), bases);
        damage.read(reading.read(changed, Long.MAX_VALUE, bases)
                .and(reading.read(seen.fresh(), config.readNew().asLongValue(), bases))
                .and(reading.read(damage.due(), Long.MAX_VALUE, bases))
                .and(found.read()));
        transaction(() -> {
            table.cursor(place, found.cursor());
            return place;
        });
    }

    private long againPerLook() {
        return Math.max(
                1,
                config.readAgain().asLongValue()
                        * config.interval().toMillis()
                        / Duration.ofMinutes(1).toMillis());
    }

    private void tell(boolean first, List<Gap> gaps, RecoveryWindow found, WalPosition position)
            throws InterruptedException {
        transaction(() -> {
            for (Gap gap : gaps) {
                if (first && gap.healedBy().isPresent()) {
                    table.know(place, gap, clock.instant());
                } else {
                    table.open(place, gap, clock.instant())
                            .ifPresent(event -> voice.detected(place, gap, damage.of(gap.firstMissing()), event));
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

    private <T> T transaction(Callable<T> work) throws InterruptedException {
        return Persistence.untilDone("the watch over the log of " + place.target(), work);
    }

    @Override
    public void close() throws RepositoryException {
        repository.close();
    }
}
