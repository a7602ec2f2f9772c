package io.holdfast.scheduler.catalog;

import io.holdfast.events.Event;
import io.holdfast.scheduler.catalog.Positions.Standing;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Notes what was read, together with how far was read, in one transaction. Several instances may read the same; each
 * record is noted by the first that comes. Thread safe.
 */
@Singleton
class ProjectionBatch {

    private static final Logger LOG = Logger.getLogger(ProjectionBatch.class);

    private final Positions positions;
    private final Projection projection;

    ProjectionBatch(Positions positions, Projection projection) {
        this.positions = positions;
        this.projection = projection;
    }

    /** A record that was read; without an event where the catalog has no use for it. */
    record Read(TopicPartition partition, long offset, Optional<Event<?>> event) {}

    /**
     * Notes these records. One that cannot be stored for what it holds is left out, with a word in the log, so that it
     * does not hold up the rest.
     *
     * @param generation the catalog that the reader began with
     * @throws GenerationChangedException when the catalog is another one by now
     */
    void note(UUID generation, List<Read> records) {
        try {
            inTransaction(generation, records);
        } catch (RuntimeException e) {
            if (!StorageFailure.isOfContent(e)) {
                throw e;
            }
            if (records.size() > 1) {
                records.forEach(each -> note(generation, List.of(each)));
            } else {
                Read poison = records.getFirst();
                LOG.errorf(e, "the catalog cannot hold what stands at %s/%d", poison.partition(), poison.offset());
                inTransaction(generation, List.of(new Read(poison.partition(), poison.offset(), Optional.empty())));
            }
        }
    }

    private void inTransaction(UUID generation, List<Read> records) {
        QuarkusTransaction.requiringNew().call(() -> {
            Standing standing = positions.lock();
            if (!standing.generation().equals(generation)) {
                throw new GenerationChangedException();
            }
            Map<TopicPartition, Long> next = new HashMap<>();
            for (Read read : records) {
                long known = standing.next().getOrDefault(read.partition(), 0L);
                if (read.offset() >= known) {
                    read.event().ifPresent(projection::apply);
                    next.put(read.partition(), read.offset() + 1);
                }
            }
            positions.write(next);
            return next;
        });
    }
}
