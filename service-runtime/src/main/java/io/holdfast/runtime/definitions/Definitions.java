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

    private final Map<String, Definition> newest = new ConcurrentHashMap<>();
    private final CountDownLatch caughtUp = new CountDownLatch(1);

    Definitions() {}

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

    /** Takes a definition over, unless a newer revision is known. */
    boolean accept(Definition definition) {
        Definition counting = newest.merge(
                definition.subject(),
                definition,
                (known, fresh) -> fresh.revision() < known.revision() ? known : fresh);
        return counting.equals(definition);
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
