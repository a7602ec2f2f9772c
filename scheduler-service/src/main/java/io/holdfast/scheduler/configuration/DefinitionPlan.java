package io.holdfast.scheduler.configuration;

import io.holdfast.events.definition.Definition;
import io.holdfast.events.definition.DefinitionRemoved;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which definitions have to be said so that Kafka has what the configuration says. Pure.
 *
 * @param toSay in the order of their subjects, each with the revision to say it with
 */
record DefinitionPlan(List<Definition> toSay) {

    private static final long NEVER = 0;

    DefinitionPlan {
        toSay = List.copyOf(toSay);
    }

    /**
     * Compares.
     *
     * @param wanted  what the configuration says; revisions don't matter
     * @param said    what was said before, removals among it, by subject, as this control plane remembers it
     * @param onTopic what Kafka has, by subject
     * @param lost    subjects of which a process that starts now would not learn the newest revision: they are said
     *     again. Never with a revision that was used before: processes that run already go by the highest they saw
     */
    static DefinitionPlan of(
            List<Definition> wanted, Map<String, Definition> said, Map<String, Definition> onTopic, Set<String> lost) {
        Map<String, Definition> open = new HashMap<>();
        wanted.forEach(definition -> open.put(definition.subject(), definition));
        Map<String, Definition> known = new TreeMap<>(said);
        // A control plane that lost its memory takes up what Kafka remembers.
        onTopic.forEach((subject, definition) ->
                known.merge(subject, definition, (a, b) -> a.revision() >= b.revision() ? a : b));
        List<Definition> toSay = new ArrayList<>();
        known.forEach((subject, latest) -> {
            Definition definition = open.remove(subject);
            if (definition == null) {
                if (!(latest instanceof DefinitionRemoved) || lost.contains(subject)) {
                    toSay.add(new DefinitionRemoved(subject, latest.revision() + 1));
                }
            } else if (lost.contains(subject)
                    || !withRevision(definition, NEVER).equals(withRevision(latest, NEVER))) {
                toSay.add(withRevision(definition, latest.revision() + 1));
            }
        });
        open.values().forEach(definition -> toSay.add(withRevision(definition, 1)));
        // Repositories before the targets that name them.
        toSay.sort(Comparator.comparing(Definition::subject));
        return new DefinitionPlan(toSay);
    }

    /** The same content with another revision. */
    static Definition withRevision(Definition definition, long revision) {
        return switch (definition) {
            case TargetDefined it -> it.withRevision(revision);
            case RepositoryDefined it -> it.withRevision(revision);
            case NotificationsDefined it -> it.withRevision(revision);
            case DefinitionRemoved it -> new DefinitionRemoved(it.removed(), revision);
        };
    }

    /** What a configuration defines. */
    static List<Definition> wantedBy(Configuration configuration) {
        List<Definition> wanted = new ArrayList<>();
        configuration.repositories().values().forEach(it -> wanted.add(it.withRevision(NEVER)));
        configuration.targets().values().forEach(it -> wanted.add(it.defined().withRevision(NEVER)));
        if (configuration.notifications() != null) {
            wanted.add(configuration.notifications().withRevision(NEVER));
        }
        return wanted;
    }
}
