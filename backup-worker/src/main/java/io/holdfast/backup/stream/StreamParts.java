package io.holdfast.backup.stream;

import io.holdfast.backup.gap.GapWatch;
import io.holdfast.backup.gap.WalPosition;
import io.holdfast.backup.job.KnownRepositories;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.runtime.secrets.Secrets;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Puts the parts of streaming together, and begins and ends them with the service. */
@ApplicationScoped
class StreamParts {
    /** For the last bytes on their way; then the process ends anyway. */
    private static final Duration GOODBYE = Duration.ofSeconds(8);

    private static final Duration IDLE = Duration.ofMinutes(1);

    private final WalStreams streams;
    private final StreamConfig config;
    private final Map<RepositoryId, ExecutorService> uploads = new ConcurrentHashMap<>();
    private final MeterRegistry metrics;
    private volatile @Nullable Thread thread;

    StreamParts(
            Definitions definitions,
            Secrets secrets,
            KnownRepositories repositories,
            DataSource database,
            Outbox outbox,
            EventIds ids,
            Clock clock,
            Instance instance,
            HoldfastConfig holdfast,
            StreamConfig config,
            GapWatch watch,
            MeterRegistry metrics) {
        this.config = config;
        this.metrics = metrics;
        Path workDirectory = holdfast.workDirectory()
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir"), "holdfast-backup-worker"))
                .resolve("streams");
        StreamSurroundings surroundings = new StreamSurroundings(
                (server, folder) -> SourceCluster.of(server, secrets, folder),
                repositories::open,
                (streamed, state) -> observe(watch, streamed, state),
                config,
                workDirectory,
                this::uploads,
                ids,
                clock,
                new SecureRandom());
        StreamTable table = new StreamTable(database, instance.name() + "/" + ids.next());
        this.streams = new WalStreams(definitions, table, outbox, surroundings, clock, instance, ids);
    }

    private Executor uploads(RepositoryId repository) {
        return uploads.computeIfAbsent(repository, name -> {
            ThreadPoolExecutor threads = new ThreadPoolExecutor(
                    config.threads(),
                    config.threads(),
                    IDLE.toSeconds(),
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("wal-" + name + "-", 0).factory());
            threads.allowCoreThreadTimeOut(true);
            return threads;
        });
    }

    /**
     * The watch hears of a server once it is known what was received of it, be it by an earlier worker: what is promised of a
     * server that is down has to be there as well.
     */
    private static void observe(GapWatch watch, StreamedTarget streamed, StreamState state) {
        state.continuity()
                .ifPresent(known -> watch.observed(new WalPosition(
                        streamed.storedTarget().value(),
                        known.systemIdentifierText(),
                        known.timeline(),
                        state.serverEnd().orElse(known.durable()),
                        known.durable(),
                        state.serverTime().orElse(null))));
    }

    void start(@Observes StartupEvent started) {
        if (config.enabled()) {
            new StreamMetrics(streams).bindTo(metrics);
            thread = Thread.ofPlatform().daemon().name("wal-streams").start(streams::run);
        }
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        Thread running = thread;
        if (running != null) {
            streams.stop(running);
            running.join(GOODBYE);
        }
        uploads.values().forEach(ExecutorService::shutdownNow);
    }
}
