package io.holdfast.backup.gap;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalVerdicts;
import io.holdfast.repository.wal.WalVerdicts.Finding;
import io.holdfast.repository.wal.WalVerdicts.Unsound;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What is known to be damaged of a place's log, as the repository keeps it for everybody who looks for a window there; and
 * what is whole again. For one thread.
 */
final class KnownDamage {
    private static final Logger LOG = Logger.getLogger(KnownDamage.class);

    /** How often one of the damaged objects is read again, one after the other: it may have been replaced by a copy. */
    private static final Duration AGAIN = Duration.ofMinutes(10);

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final WalVerdicts verdicts;
    private final InstantSource clock;
    private final Map<ObjectKey, Unsound> known = new HashMap<>();
    private @Nullable ObjectKey lastAgain;
    private Instant againAt;

    KnownDamage(ObjectStore store, PlaceLayout layout, InstantSource clock) {
        this.store = store;
        this.layout = layout;
        this.verdicts = new WalVerdicts(store, layout);
        this.clock = clock;
        this.againAt = clock.instant().plus(AGAIN);
    }

    /** Reads what is known, also by other workers. */
    void refresh() throws RepositoryException {
        known.clear();
        verdicts.read().forEach(each -> known.put(each.object(), each));
    }

    boolean isEmpty() {
        return known.isEmpty();
    }

    boolean has(ObjectKey object) {
        return known.containsKey(object);
    }

    /** What is wrong with a segment, or an increment of it. */
    Optional<Unsound> of(WalSegmentName segment) {
        return known.values().stream()
                .filter(it ->
                        WalReading.segment(it.object()).filter(segment::equals).isPresent())
                .findFirst();
    }

    /** What was read: damage is kept, and what was damaged and is not any more counts again. */
    void read(WalReading.Read read) throws RepositoryException {
        for (Unsound each : read.damaged()) {
            LOG.errorf("%s", each.detail());
            verdicts.put(each.object(), each.finding(), each.detail(), clock.instant());
        }
        Set<ObjectKey> damaged = read.damaged().stream().map(Unsound::object).collect(Collectors.toSet());
        for (ObjectKey object : List.copyOf(known.keySet())) {
            Optional<WalSegmentName> segment = WalReading.segment(object).filter(read.segments()::contains);
            if (segment.isPresent() && !damaged.contains(object) && wasRead(object, segment.get())) {
                sound(object, "It was read again and is whole.");
            }
        }
        read.damaged().forEach(each -> known.put(each.object(), each));
    }

    /** Of a segment that is complete its increments are not read. */
    private boolean wasRead(ObjectKey object, WalSegmentName segment) throws RepositoryException {
        ObjectKey complete = layout.walSegment(segment);
        return object.equals(complete) || store.head(complete).isEmpty();
    }

    /** Damaged objects that are not there any more: should there be others of their names again, they count. */
    void onlyThere(Set<ObjectKey> there) throws RepositoryException {
        for (ObjectKey object : List.copyOf(known.keySet())) {
            if (!there.contains(object)) {
                sound(object, "It was removed.");
            }
        }
    }

    private void sound(ObjectKey object, String why) throws RepositoryException {
        LOG.infof("%s does not count as damaged any more: %s", object, why);
        verdicts.put(object, Finding.SOUND, why, clock.instant());
        known.remove(object);
    }

    /** One that is to be read again now, if it is time. */
    List<StoredObject> due() {
        if (known.isEmpty() || clock.instant().isBefore(againAt)) {
            return List.of();
        }
        againAt = clock.instant().plus(AGAIN);
        TreeMap<ObjectKey, Unsound> inOrder = new TreeMap<>(known);
        ObjectKey after = lastAgain == null ? null : inOrder.higherKey(lastAgain);
        ObjectKey next = after == null ? inOrder.firstKey() : after;
        lastAgain = next;
        return List.of(new StoredObject(next, 0));
    }
}
