package io.holdfast.scheduler.catalog;

import io.holdfast.events.Event;
import io.holdfast.events.Topic;
import io.holdfast.events.progress.ProgressEvent;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.intake.IncomingRecord;
import io.holdfast.runtime.topics.Topics;
import io.holdfast.scheduler.catalog.Positions.Standing;
import io.holdfast.scheduler.catalog.ProjectionBatch.Read;
import io.holdfast.scheduler.stream.EventStream;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log into the catalog, from where the catalog itself says it stands; an empty one from the beginning. Every
 * instance reads all of it, for its live views; what another instance has noted already is not noted again.
 */
@Singleton
public class CatalogFollower {

    private static final Logger LOG = Logger.getLogger(CatalogFollower.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration INSPECTION = Duration.ofSeconds(2);
    private static final Duration LIVE = Duration.ofSeconds(30);
    /** Followed, and not noted. */
    private static final List<Topic> PASSING = List.of(Topic.PROGRESS, Topic.ALERTS);

    private static final List<Topic> NOTED = List.of(Topic.EVENTS, Topic.BACKUP_REQUESTS, Topic.RESTORE_REQUESTS);

    private final Catalog catalog;
    private final Positions positions;
    private final ProjectionBatch batch;
    private final CatalogIntake intake;
    private final CatalogChanges changes;
    private final LiveView live;
    private final EventStream stream;
    private final Topics topics;
    private final HoldfastConfig config;
    private final Clock clock;
    private volatile boolean stopping;
    private volatile boolean caughtUp;
    private volatile @Nullable Thread thread;
    private volatile @Nullable KafkaConsumer<String, byte[]> consumer;

    CatalogFollower(
            Catalog catalog,
            Positions positions,
            ProjectionBatch batch,
            CatalogIntake intake,
            CatalogChanges changes,
            LiveView live,
            EventStream stream,
            Topics topics,
            HoldfastConfig config,
            Clock clock) {
        this.catalog = catalog;
        this.positions = positions;
        this.batch = batch;
        this.intake = intake;
        this.changes = changes;
        this.live = live;
        this.stream = stream;
        this.topics = topics;
        this.config = config;
        this.clock = clock;
    }

    void start(@Observes StartupEvent started) {
        thread = Thread.ofPlatform().daemon().name("catalog").start(this::run);
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        stopping = true;
        KafkaConsumer<String, byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        Thread running = thread;
        if (running != null && !running.join(Duration.ofSeconds(3))) {
            running.interrupt();
        }
    }

    /** Whether the catalog has everything that was in the log when this process began to read. */
    public boolean caughtUp() {
        return caughtUp;
    }

    /** Whether the log is followed, as it is until the process ends. */
    public boolean alive() {
        Thread running = thread;
        return stopping || (running != null && running.isAlive());
    }

    private void run() {
        try {
            topics.awaitMade();
            while (!stopping) {
                try {
                    catalog.ensure();
                    try (KafkaConsumer<String, byte[]> fresh = CatalogConsumer.create(config.kafka())) {
                        consumer = fresh;
                        follow(fresh);
                    }
                } catch (WakeupException e) {
                    LOG.debug("told to end", e);
                } catch (InterruptException e) {
                    throw (InterruptedException) new InterruptedException("while following the log").initCause(e);
                } catch (GenerationChangedException e) {
                    caughtUp = false;
                    LOG.info("the catalog was made anew, it is read from its own positions");
                } catch (SQLException | RuntimeException e) {
                    // Whatever it is, nothing is lost: the catalog's own positions say where to go on.
                    LOG.warnf(e, "the log cannot be read into the catalog, next try in 1 s");
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("told to end", e);
        }
    }

    private void follow(KafkaConsumer<String, byte[]> from) throws SQLException {
        List<TopicPartition> noted = partitions(from, NOTED);
        List<TopicPartition> passing = partitions(from, PASSING);
        List<TopicPartition> all = new ArrayList<>(noted);
        all.addAll(passing);
        from.assign(all);
        Map<TopicPartition, Long> ends = from.endOffsets(all);
        UUID generation = seekNoted(from, noted, ends);
        seekRecent(from, passing, ends);
        long inspectAt = System.nanoTime() + INSPECTION.toNanos();
        while (!stopping) {
            List<Read> read = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> next : from.poll(POLL)) {
                IncomingRecord incoming = IncomingRecord.of(next);
                TopicPartition partition = new TopicPartition(next.topic(), next.partition());
                read.add(new Read(partition, next.offset(), intake.read(incoming)));
            }
            take(generation, read, ends);
            if (!caughtUp && noted.stream().allMatch(each -> from.position(each) >= ends.getOrDefault(each, 0L))) {
                caughtUp = true;
                LOG.info("the catalog has read the log");
            }
            if (System.nanoTime() > inspectAt) {
                inspect(generation);
                inspectAt = System.nanoTime() + INSPECTION.toNanos();
            }
        }
    }

    private void take(UUID generation, List<Read> read, Map<TopicPartition, Long> ends) {
        List<Read> toNote = new ArrayList<>();
        for (Read each : read) {
            if (each.partition().topic().equals(Topic.PROGRESS.topicName())) {
                each.event()
                        .map(Event::data)
                        .filter(ProgressEvent.class::isInstance)
                        .ifPresent(data -> live.note((ProgressEvent) data));
            } else if (each.partition().topic().equals(Topic.ALERTS.topicName())) {
                if (each.offset() >= ends.getOrDefault(each.partition(), 0L)) {
                    each.event().ifPresent(stream::publish);
                }
            } else {
                toNote.add(each);
            }
        }
        if (!toNote.isEmpty()) {
            batch.note(generation, toNote);
        }
        for (Read each : toNote) {
            // What is old is in the catalog; whoever follows wants to see what happens now.
            if (each.offset() >= ends.getOrDefault(each.partition(), 0L)) {
                each.event().ifPresent(stream::publish);
            }
        }
        if (!read.isEmpty()) {
            changes.signal();
        }
    }

    private void inspect(UUID generation) throws SQLException {
        if (!catalog.whole() || !positions.read().generation().equals(generation)) {
            throw new GenerationChangedException();
        }
    }

    private UUID seekNoted(
            KafkaConsumer<String, byte[]> from, List<TopicPartition> partitions, Map<TopicPartition, Long> ends)
            throws SQLException {
        Standing standing = positions.read();
        for (TopicPartition partition : partitions) {
            long next = standing.next().getOrDefault(partition, 0L);
            if (next > ends.getOrDefault(partition, 0L)) {
                LOG.warnf(
                        "%s is shorter than what the catalog has read of it; it is read from its beginning", partition);
                positions.write(Map.of(partition, 0L));
                next = 0;
            }
            from.seek(partition, next);
        }
        return standing.generation();
    }

    private void seekRecent(
            KafkaConsumer<String, byte[]> from, List<TopicPartition> partitions, Map<TopicPartition, Long> ends) {
        long since = clock.instant().minus(LIVE).toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, since));
        Map<TopicPartition, OffsetAndTimestamp> found = from.offsetsForTimes(times);
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp recent = found.get(partition);
            from.seek(partition, recent == null ? ends.getOrDefault(partition, 0L) : recent.offset());
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<String, byte[]> from, List<Topic> topics) {
        List<TopicPartition> found = new ArrayList<>();
        for (Topic topic : topics) {
            List<TopicPartition> ofTopic = from.partitionsFor(topic.topicName()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (ofTopic.isEmpty()) {
                throw new KafkaException("the topic " + topic.topicName() + " has no partitions yet");
            }
            found.addAll(ofTopic);
        }
        return found;
    }
}
