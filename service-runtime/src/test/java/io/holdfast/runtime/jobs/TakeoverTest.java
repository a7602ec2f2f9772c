package io.holdfast.runtime.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.EventType;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.progress.Work;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.app.Requests;
import io.holdfast.runtime.app.RuntimeProfile;
import io.holdfast.runtime.app.ScriptedJobs;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.database.AfterCommit;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.runtime.progress.ProgressReporter;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.Surrounding;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Two workers on one database, one of which is put to sleep as SIGSTOP or a pause of its host would. */
@QuarkusTest
@TestProfile(RuntimeProfile.class)
class TakeoverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Inject
    DataSource dataSource;

    @Inject
    Jobs jobs;

    @Inject
    Outbox outbox;

    @Inject
    AfterCommit afterCommit;

    @Inject
    ProgressReporter reporter;

    @Inject
    Definitions definitions;

    @Inject
    HoldfastConfig config;

    private final JobKind kind = new JobKind(
            "probe-" + UUID.randomUUID(), Work.BACKUP, Set.of(EventType.BACKUP_COMPLETED, EventType.BACKUP_FAILED));
    private final String request = UUID.randomUUID().toString();
    private final String target = Requests.newTarget();
    private final EventCodec codec = new EventCodec();

    /** A worker made by hand, as another process would be. */
    private final class Worker {
        private final StallingDataSource stalling = new StallingDataSource(dataSource);
        private final ScriptedJobs handler = new ScriptedJobs(kind);
        private final JobRunner runner;
        private final JobWorker worker;

        Worker(String name) {
            Instance instance = new Instance("small-service", name, "1");
            Clock clock = Clock.systemUTC();
            JobTable table = new JobTable(stalling);
            Leases leases = new Leases(stalling);
            JobSignals signals = new JobSignals();
            JobVoice voice = new JobVoice(table, outbox, reporter, instance, clock);
            JobEnds ends = new JobEnds(table, leases, voice, signals, afterCommit, clock, config);
            runner = new JobRunner(table, leases, ends, voice, codec, clock, new SimpleMeterRegistry());
            worker = new JobWorker(
                    stalling,
                    List.of(handler),
                    runner,
                    new JobWatch(stalling),
                    signals,
                    voice,
                    definitions,
                    instance,
                    config,
                    clock);
        }

        Worker start() {
            worker.start(new StartupEvent());
            return this;
        }

        void stop() throws InterruptedException {
            worker.stop(new ShutdownEvent());
        }
    }

    @Test
    void a_worker_that_slept_past_its_lease_says_nothing_when_it_wakes() throws InterruptedException {
        Worker sleeper = new Worker("sleeper");
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        sleeper.handler.script(target, run -> {
            working.countDown();
            // The worst handler: it does not listen to interrupts and reports success.
            awaitWithoutListening(done);
        });
        sleeper.start();
        submit();
        working.await();

        sleeper.stalling.sleep();
        Worker other = new Worker("other").start();
        await().atMost(PATIENCE).until(() -> completions().size() == 1);
        done.countDown();
        sleeper.stalling.wake();

        await().atMost(PATIENCE).until(() -> sleeper.runner.running().isEmpty());
        sleeper.stop();
        other.stop();
        assertThat(outboxRows(EventType.BACKUP_COMPLETED)).isEqualTo("1");
        assertThat(completions()).extracting(BackupCompleted::manifest).containsOnly("manifest of attempt 2");
        assertThat(starts()).extracting(BackupStarted::worker).containsExactly("sleeper", "other");
        assertThat(rowsLeft()).isEqualTo("0");
    }

    @Test
    void a_worker_that_lost_its_job_is_interrupted_and_may_not_say_that_it_starts_something()
            throws InterruptedException {
        Worker sleeper = new Worker("sleeper");
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        sleeper.handler.script(target, run -> {
            working.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        });
        sleeper.start();
        submit();
        working.await();

        sleeper.stalling.sleep();
        Worker other = new Worker("other").start();
        await().atMost(PATIENCE).until(() -> completions().size() == 1);
        sleeper.stalling.wake();

        interrupted.await();
        await().atMost(PATIENCE).until(() -> sleeper.runner.running().isEmpty());
        sleeper.stop();
        other.stop();
        assertThat(outboxRows(EventType.BACKUP_COMPLETED)).isEqualTo("1");
        assertThat(outboxRows(EventType.BACKUP_FAILED)).isEqualTo("0");
    }

    @Test
    void a_worker_that_asks_before_it_commits_waits_for_the_database_and_learns_that_it_lost_its_job()
            throws InterruptedException {
        Worker sleeper = new Worker("sleeper");
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<String> heard = new CopyOnWriteArrayList<>();
        sleeper.handler.script(target, run -> {
            run.requireOwnership();
            heard.add("owned");
            working.countDown();
            awaitWithoutListening(go);
            try {
                run.requireOwnership();
                heard.add("committed");
            } catch (JobStoppedException e) {
                heard.add("stopped");
                throw e;
            }
        });
        sleeper.start();
        submit();
        working.await();

        sleeper.stalling.sleep();
        go.countDown();
        Worker other = new Worker("other").start();
        await().atMost(PATIENCE).until(() -> completions().size() == 1);
        assertThat(heard).containsExactly("owned");
        sleeper.stalling.wake();

        await().atMost(PATIENCE).until(() -> sleeper.runner.running().isEmpty());
        sleeper.stop();
        other.stop();
        assertThat(heard).containsExactly("owned", "stopped");
        assertThat(outboxRows(EventType.BACKUP_COMPLETED)).isEqualTo("1");
    }

    @Test
    void a_worker_that_is_told_to_end_gives_its_job_back_and_that_counts_as_no_failure() throws InterruptedException {
        Worker ending = new Worker("ending");
        CountDownLatch working = new CountDownLatch(1);
        ending.handler.script(target, run -> {
            working.countDown();
            new CountDownLatch(1).await();
        });
        ending.start();
        submit();
        working.await();

        ending.stop();

        assertThat(database.query("select attempts || ' begun, ' || failures || ' failed' from small_service.job"
                        + " where request_id = '" + request + "'"))
                .isEqualTo("1 begun, 0 failed");
        Worker other = new Worker("other").start();
        await().atMost(PATIENCE).until(() -> completions().size() == 1);
        other.stop();
        assertThat(completions()).extracting(BackupCompleted::manifest).containsExactly("manifest of attempt 2");
    }

    private void submit() {
        QuarkusTransaction.requiringNew().run(() -> jobs.submit(kind, Requests.backupEvent(request, target), target));
    }

    private static void awaitWithoutListening(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // On purpose: as a handler behaves that swallows it.
            }
        }
    }

    private List<BackupCompleted> completions() {
        return said(BackupCompleted.class);
    }

    private List<BackupStarted> starts() {
        return said(BackupStarted.class);
    }

    private <D> List<D> said(Class<D> type) {
        return broker.records(Topic.EVENTS.topicName()).stream()
                .filter(event -> target.equals(event.key()))
                .map(codec::decode)
                .map(Decoded.Known.class::cast)
                .map(known -> known.event().data())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private String outboxRows(EventType type) {
        return database.query("select count(*) from small_service.outbox where key = '" + target
                + "' and headers::json ->> 'ce_type' = '" + type.wireName() + "'");
    }

    private String rowsLeft() {
        return database.query("select (select count(*) from small_service.job where request_id = '" + request
                + "') + (select count(*) from small_service.lease where request_id = '" + request
                + "') + (select count(*) from small_service.scheduled_tasks where task_instance = '" + request + "')");
    }
}
