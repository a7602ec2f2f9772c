package io.holdfast.scheduler.configuration;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.configuration.DefinitionTable.Said;
import io.holdfast.scheduler.security.MissingSigningKeyException;
import io.holdfast.scheduler.security.SigningKey;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Says on Kafka what the configuration defines, signed, and only what differs from what was said before. Any number of
 * instances with the same file say each thing once. Thread safe.
 */
@Singleton
class DefinitionPublisher {

    private static final Logger LOG = Logger.getLogger(DefinitionPublisher.class);

    /** What was said longer ago than this and is still not on Kafka is lost there, rather than on its way. */
    private static final Duration ON_ITS_WAY = Duration.ofMinutes(2);

    private final DefinitionTable table;
    private final Definitions definitions;
    private final Outbox outbox;
    private final SigningKey key;
    private final EventCodec codec;
    private final Instance instance;
    private final Clock clock;

    DefinitionPublisher(
            DefinitionTable table,
            Definitions definitions,
            Outbox outbox,
            SigningKey key,
            EventCodec codec,
            Instance instance,
            Clock clock) {
        this.table = table;
        this.definitions = definitions;
        this.outbox = outbox;
        this.key = key;
        this.codec = codec;
        this.instance = instance;
        this.clock = clock;
    }

    /**
     * Says what differs.
     *
     * @return how many definitions were said
     * @throws MissingSigningKeyException when there is something to say, and no key to sign it with
     */
    int publish(Configuration configuration) throws MissingSigningKeyException {
        List<Definition> wanted = DefinitionPlan.wantedBy(configuration);
        Object outcome = QuarkusTransaction.requiringNew().call(() -> {
            try {
                return say(wanted);
            } catch (MissingSigningKeyException e) {
                QuarkusTransaction.setRollbackOnly();
                return e;
            }
        });
        if (outcome instanceof MissingSigningKeyException missing) {
            throw missing;
        }
        return (Integer) outcome;
    }

    private int say(List<Definition> wanted) throws SQLException, MissingSigningKeyException {
        Instant now = clock.instant();
        Map<String, Definition> onTopic = new HashMap<>();
        definitions.newest().forEach(definition -> onTopic.put(definition.subject(), definition));
        Map<String, Definition> said = new HashMap<>();
        Set<String> lost = new HashSet<>();
        definitions.overtaken().forEach(definition -> lost.add(definition.subject()));
        for (Said each : table.lockAll().values()) {
            Definition definition = each.definition();
            String subject = definition.subject();
            said.put(subject, definition);
            Definition there = onTopic.get(subject);
            if (there == null || there.revision() < definition.revision()) {
                if (each.at().plus(ON_ITS_WAY).isAfter(now)) {
                    lost.remove(subject);
                } else {
                    lost.add(subject);
                }
            }
        }
        DefinitionPlan plan = DefinitionPlan.of(wanted, said, onTopic, lost);
        for (Definition definition : plan.toSay()) {
            EventId id = EventId.derived(
                    "definition",
                    definition.subject(),
                    Long.toString(definition.revision()),
                    DefinitionTable.json(definition));
            outbox.publish(key.sign(codec.encode(Event.first(id, instance.source(), now, definition)), null));
            table.put(definition, now);
            LOG.infof(
                    "%s %s, revision %d",
                    definition.getClass().getSimpleName(), definition.subject(), definition.revision());
        }
        return plan.toSay().size();
    }
}
