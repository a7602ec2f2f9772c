package io.holdfast.runtime.jobs;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.identity.Instance;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Picks due jobs and lets them run, as long as the process lives. db-scheduler does the picking, the heartbeats and the
 * finding of dead workers; how a job ends is written down here, under its version.
 *
 * @see <a href="https://github.com/kagkarlsson/db-scheduler">db-scheduler</a>
 */
@Singleton
class JobWorker {

    private static final Logger LOG = Logger.getLogger(JobWorker.class);
    private static final int MISSED_HEARTBEATS = 4;
    private static final Duration AFTER_FAILED_START = Duration.ofSeconds(2);

    private final DataSource database;
    private final List<JobHandler> handlers;
    private final JobRunner runner;
    private final JobWatch watch;
    private final JobSignals signals;
    private final JobVoice voice;
    private final Definitions definitions;
    private final Instance instance;
    private final HoldfastConfig.Jobs settings;
    private final Clock clock;
    private @Nullable Scheduler scheduler;
    private @Nullable Thread starter;
    private @Nullable Thread watcher;

    JobWorker(
            DataSource database,
            @All List<JobHandler> handlers,
            JobRunner runner,
            JobWatch watch,
            JobSignals signals,
            JobVoice voice,
            Definitions definitions,
            Instance instance,
            HoldfastConfig config,
            Clock clock) {
        this.database = database;
        this.handlers = handlers.stream().filter(JobHandler::isOn).toList();
        this.runner = runner;
        this.watch = watch;
        this.signals = signals;
        this.voice = voice;
        this.definitions = definitions;
        this.instance = instance;
        this.settings = config.jobs();
        this.clock = clock;
    }

    void start(@Observes StartupEvent started) {
        if (handlers.isEmpty()) {
            return;
        }
        List<Task<?>> tasks = new ArrayList<>();
        for (JobHandler handler : handlers) {
            voice.know(handler.kind());
            tasks.add(task(handler));
        }
        Scheduler fresh = Scheduler.create(database, tasks)
                .schedulerName(new SchedulerName.Fixed(instance.name()))
                .threads(settings.concurrency())
                .executorService(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("job-", 0).factory()))
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(settings.polling())
                .heartbeatInterval(settings.heartbeat())
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                // A job of a kind that this version does not know may be known by the next one.
                .deleteUnresolvedAfter(Duration.ofDays(36_500))
                .shutdownMaxWait(settings.shutdownWait())
                .clock(clock::instant)
                .build();
        scheduler = fresh;
        signals.whenDue(fresh::triggerCheckForDueExecutions);
        starter = Thread.ofVirtual().name("job-worker").start(() -> startOnceDefinitionsAreKnown(fresh));
        watcher = Thread.ofVirtual().name("job-watch").start(() -> watch.watch(runner, signals, settings.polling()));
    }

    private void startOnceDefinitionsAreKnown(Scheduler fresh) {
        try {
            // Before that a job could only fail, for a target that seems to be unknown.
            definitions.awaitCaughtUp();
            fresh.start();
        } catch (InterruptedException e) {
            LOG.debug("told to end before definitions were known", e);
        }
    }

    /** Lets running jobs go on for a while, then gives them back, before the relay and the database go. */
    void stop(@Observes @Priority(1) ShutdownEvent stopped) throws InterruptedException {
        Scheduler running = scheduler;
        Thread starting = starter;
        if (running == null || starting == null) {
            return;
        }
        starting.interrupt();
        starting.join();
        running.pause();
        long end = System.nanoTime() + settings.shutdownWait().toNanos();
        while (!runner.running().isEmpty() && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        runner.running().forEach(attempt -> attempt.stop(JobAttempt.Stop.PROCESS_ENDS));
        running.stop();
        Thread watching = watcher;
        if (watching != null) {
            watching.interrupt();
        }
    }

    private Task<?> task(JobHandler handler) {
        return Tasks.custom(handler.kind().name(), Void.class)
                .onDeadExecutionRevive()
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(AFTER_FAILED_START)))
                .execute((job, context) -> run(handler, job, context));
    }

    private CompletionHandler<Void> run(JobHandler handler, TaskInstance<Void> job, ExecutionContext context) {
        Ownership own = new Ownership(handler.kind().name(), job.getId(), context.getExecution().version);
        try {
            runner.run(handler, own);
        } catch (InterruptedException e) {
            LOG.warnf("%s was interrupted before its end was written down; another worker takes it over", own);
        }
        // Everything is written down already, in transactions of our own.
        return (complete, operations) -> {};
    }
}
