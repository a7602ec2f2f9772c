package io.holdfast.scheduler.catalog;

import io.holdfast.events.EventId;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.progress.ProgressEvent;
import io.holdfast.events.progress.WorkerHeartbeat;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What runs just now and who is there, in memory only: it is told again every few seconds. Thread safe. */
@Singleton
public class LiveView {

    /** Progress that is older tells nothing about now. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** Workers unheard for longer are no longer listed. */
    private static final Duration REMEMBERED = Duration.ofHours(1);

    private static final int MOST = 1000;

    private final Clock clock;
    private final Map<EventId, JobProgressed> jobs = new LinkedHashMap<>();
    private final Map<String, WorkerHeartbeat> workers = new LinkedHashMap<>();

    LiveView(Clock clock) {
        this.clock = clock;
    }

    synchronized void note(ProgressEvent event) {
        switch (event) {
            case JobProgressed progressed -> {
                jobs.remove(progressed.request());
                jobs.put(progressed.request(), progressed);
                dropEldest(jobs);
            }
            case WorkerHeartbeat heartbeat -> {
                String worker = heartbeat.service() + "/" + heartbeat.instance();
                workers.remove(worker);
                workers.put(worker, heartbeat);
                dropEldest(workers);
            }
        }
    }

    private static <K, V> void dropEldest(Map<K, V> map) {
        if (map.size() > MOST) {
            map.remove(map.keySet().iterator().next());
        }
    }

    /** How far the work for a request is, if that was told just now. */
    public synchronized Optional<JobProgressed> progress(EventId request) {
        Instant oldest = clock.instant().minus(FRESH);
        return Optional.ofNullable(jobs.get(request))
                .filter(progress -> progress.at().isAfter(oldest));
    }

    /** The workers heard of lately, by service and instance. */
    public synchronized List<WorkerHeartbeat> workers() {
        Instant oldest = clock.instant().minus(REMEMBERED);
        workers.values().removeIf(worker -> worker.at().isBefore(oldest));
        return workers.values().stream()
                .sorted(Comparator.comparing(WorkerHeartbeat::service).thenComparing(WorkerHeartbeat::instance))
                .toList();
    }
}
