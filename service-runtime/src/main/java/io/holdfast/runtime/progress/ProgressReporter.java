package io.holdfast.runtime.progress;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.TargetId;
import io.holdfast.events.progress.FollowedStandby;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.progress.ProgressEvent;
import io.holdfast.events.progress.Work;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.topics.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells how running jobs get on, and that this process is there. Fire and forget: what cannot be sent is dropped, since newer news follow.
 * Holds no more than the last state of each running job. Thread safe.
 */
@Singleton
public class ProgressReporter {

    private static final Logger LOG = Logger.getLogger(ProgressReporter.class);
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** An event is at most 256 KiB long. */
    private static final int MOST_STANDBYS = 100;

    private final Topics topics;
    private final EventCodec codec;
    private final EventIds ids;
    private final Clock clock;
    private final Instance instance;
    private final HoldfastConfig config;
    private final jakarta.enterprise.inject.Instance<StandbyNews> standbys;
    private final Map<EventId, JobProgress> jobs = new ConcurrentHashMap<>();
    private volatile @Nullable Thread thread;

    ProgressReporter(
            Topics topics,
            EventCodec codec,
            EventIds ids,
            Clock clock,
            Instance instance,
            HoldfastConfig config,
            @Any jakarta.enterprise.inject.Instance<StandbyNews> standbys) {
        this.topics = topics;
        this.codec = codec;
        this.ids = ids;
        this.clock = clock;
        this.instance = instance;
        this.config = config;
        this.standbys = standbys;
    }

    void start(@Observes StartupEvent started) {
        thread = Thread.ofVirtual().name("progress").start(this::run);
    }

    void stop(@Observes ShutdownEvent stopped) {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /**
     * Notes how far a job is. Told on at most every half second.
     *
     * @param request    the request that the job works on
     * @param bytesTotal how much there is, where known
     */
    public void report(
            EventId request, TargetId target, Work work, String phase, long bytesDone, @Nullable Long bytesTotal) {
        jobs.computeIfAbsent(request, id -> new JobProgress(id, target, work))
                .note(phase, bytesDone, bytesTotal, clock.instant());
    }

    /** The job is over. */
    public void forget(EventId request) {
        jobs.remove(request);
    }

    private void run() {
        try {
            topics.awaitMade();
            try (ProgressProducer producer = new ProgressProducer(config.kafka())) {
                long heartbeatAt = System.nanoTime();
                while (true) {
                    if (System.nanoTime() >= heartbeatAt) {
                        heartbeatAt = System.nanoTime() + HEARTBEAT.toNanos();
                        send(producer, heartbeat());
                    }
                    for (JobProgress job : jobs.values()) {
                        JobProgressed news = job.news(clock.instant(), instance.name());
                        if (news != null) {
                            send(producer, news);
                        }
                    }
                    TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("no more progress to tell", e);
        }
    }

    private WorkerHeartbeat heartbeat() {
        Instant now = clock.instant();
        return new WorkerHeartbeat(
                instance.service(),
                instance.name(),
                config.site().orElse(null),
                instance.version(),
                now,
                standbyNews());
    }

    private @Nullable List<FollowedStandby> standbyNews() {
        List<FollowedStandby> news = standbys.stream()
                .flatMap(each -> each.standbyNews().stream())
                .limit(MOST_STANDBYS)
                .toList();
        return news.isEmpty() ? null : news;
    }

    private void send(ProgressProducer producer, ProgressEvent news) {
        EventId id = ids.next();
        EventId correlation = news instanceof JobProgressed job ? job.request() : id;
        producer.send(codec.encode(new Event<>(id, instance.source(), clock.instant(), correlation, null, null, news)));
    }
}
