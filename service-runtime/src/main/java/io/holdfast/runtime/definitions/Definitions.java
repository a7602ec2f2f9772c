package io.holdfast.runtime.definitions;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.definition.DefinitionRemoved;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * What the control plane defines, as far as it is known here. Only correctly signed definitions count, and of each
 * subject the newest revision. Thread safe; each answer is of the moment.
 */
@Singleton
public class Definitions {

    private static final long NONE = -1;

    private final Map<String, Definition> newest = new ConcurrentHashMap<>();
    private final Map<Place, Seen> lastSeen = new ConcurrentHashMap<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    Definitions() {}

    /** Where compaction keeps one record: of each key, in each partition. */
    private record Place(String subject, int partition) {}

    private record Seen(long offset, long revision) {}

    public Optional<TargetDefined> target(TargetId target) {
        return find(TargetDefined.subjectOf(target), TargetDefined.class);
    }

    public Optional<RepositoryDefined> repository(RepositoryId repository) {
        return find(RepositoryDefined.subjectOf(repository), RepositoryDefined.class);
    }

    public Optional<NotificationsDefined> notifications() {
        return find(NotificationsDefined.SUBJECT, NotificationsDefined.class);
    }

    public List<TargetDefined> targets() {
        return all(TargetDefined.class);
    }

    public List<RepositoryDefined> repositories() {
        return all(RepositoryDefined.class);
    }

    /** The newest definition of every subject, removals among them. */
    public List<Definition> newest() {
        return List.copyOf(newest.values());
    }

    /**
     * The newest definition of every subject whose last record on the topic is an older one, or none that counts. Once
     * the topic is compacted, processes that start later cannot learn the newest revision: the control plane has to say
     * it again, with a higher one.
     */
    public List<Definition> overtaken() {
        return newest.values().stream()
                .filter(definition -> lastSeen.entrySet().stream()
                        .filter(seen -> seen.getKey().subject().equals(definition.subject()))
                        .allMatch(seen -> seen.getValue().revision() < definition.revision()))
                .toList();
    }

    /** Whether everything that was defined when this process started is known. Before that, absent means unknown. */
    public boolean caughtUp() {
        return caughtUp.getCount() == 0;
    }

    /** Waits until {@link #caughtUp}. */
    public void awaitCaughtUp() throws InterruptedException {
        caughtUp.await();
    }

    void reachEnd() {
        caughtUp.countDown();
    }

    /** Takes a definition over that was read at this place, unless a newer revision is known. */
    boolean accept(Definition definition, int partition, long offset) {
        // First the place: a definition that is known must not look as if it were nowhere.
        see(new Place(definition.subject(), partition), new Seen(offset, definition.revision()));
        Definition counting = newest.merge(
                definition.subject(),
                definition,
                (known, fresh) -> fresh.revision() < known.revision() ? known : fresh);
        return counting.equals(definition);
    }

    /** Takes note of a record that does not count, and may be the only one under its key that compaction leaves. */
    void ignore(String subject, int partition, long offset) {
        Place place = new Place(subject, partition);
        // Only in place of one that counts: others may write any number of keys.
        if (lastSeen.containsKey(place)) {
            see(place, new Seen(offset, NONE));
        }
    }

    // By offset: after a failure the topic is read again from its beginning.
    private void see(Place place, Seen fresh) {
        lastSeen.merge(place, fresh, (known, next) -> next.offset() < known.offset() ? known : next);
    }

    private <D extends Definition> Optional<D> find(String subject, Class<D> type) {
        Definition definition = newest.get(subject);
        return definition == null || definition instanceof DefinitionRemoved || !type.isInstance(definition)
                ? Optional.empty()
                : Optional.of(type.cast(definition));
    }

    private <D extends Definition> List<D> all(Class<D> type) {
        return newest.values().stream().filter(type::isInstance).map(type::cast).toList();
    }
}
