package io.holdfast.runtime.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.app.Requests;
import io.holdfast.runtime.app.RuntimeProfile;
import io.holdfast.runtime.app.ScriptedJobs;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RuntimeProfile.class)
class JobsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Inject
    Jobs jobs;

    @Inject
    ScriptedJobs scripted;

    private final EventCodec codec = new EventCodec();
    private final String request = UUID.randomUUID().toString();
    private final String target = Requests.newTarget();

    @Test
    void a_request_becomes_a_job_and_its_outcome_is_said_with_its_cause() {
        broker.send(Requests.backup(request, target, "job"));

        awaitEnd(target);
        assertThat(events(target))
                .extracting(Event::data)
                .satisfiesExactly(
                        started -> assertThat(started).isInstanceOf(BackupStarted.class),
                        completed -> assertThat(completed).isInstanceOf(BackupCompleted.class));
        assertThat(events(target)).allSatisfy(event -> {
            assertThat(event.correlationId()).isEqualTo(new EventId(request));
            assertThat(event.causationId()).isEqualTo(new EventId(request));
            assertThat(event.source()).isEqualTo("/small-service/test-1");
        });
        assertThat(rowsOf(request)).isEqualTo("0");
    }

    @Test
    void work_is_submitted_only_inside_of_a_transaction() {
        assertThatThrownBy(() -> jobs.submit(ScriptedJobs.KIND, Requests.backupEvent(request, target), target))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_failure_that_may_pass_is_tried_again_until_it_works() {
        AtomicInteger tries = new AtomicInteger();
        scripted.script(target, run -> {
            if (tries.incrementAndGet() < 3) {
                throw new JobFailedException(
                        new Failure(FailureCategory.CONNECTION, "nobody answers", "Start the server."));
            }
        });

        broker.send(Requests.backup(request, target, "job"));

        awaitEnd(target);
        assertThat(tries).hasValue(3);
        assertThat(events(target).getLast().data())
                .isInstanceOfSatisfying(
                        BackupCompleted.class,
                        completed -> assertThat(completed.manifest()).isEqualTo("manifest of attempt 3"));
        assertThat(events(target))
                .filteredOn(event -> event.data() instanceof BackupFailed)
                .isEmpty();
    }

    @Test
    void a_failure_that_stays_is_said_once_after_the_last_attempt() {
        scripted.script(target, run -> {
            throw new JobFailedException(
                    new Failure(FailureCategory.CONNECTION, "nobody answers", "Start the server."));
        });

        broker.send(Requests.backup(request, target, "job"));

        awaitEnd(target);
        assertThat(failures(target)).singleElement().satisfies(failed -> {
            assertThat(failed.attempts()).isEqualTo(3);
            assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONNECTION);
        });
    }

    @Test
    void a_failure_that_cannot_pass_is_not_tried_again() {
        scripted.script(target, run -> {
            throw new JobFailedException(new Failure(FailureCategory.AUTHENTICATION, "password refused", "Check it."));
        });

        broker.send(Requests.backup(request, target, "job"));

        awaitEnd(target);
        assertThat(failures(target))
                .singleElement()
                .satisfies(failed -> assertThat(failed.attempts()).isEqualTo(1));
    }

    @Test
    void a_defect_is_an_internal_failure_that_names_itself() {
        scripted.script(target, run -> {
            throw new IllegalStateException("cannot happen");
        });

        broker.send(Requests.backup(request, target, "job"));

        awaitEnd(target);
        assertThat(failures(target)).singleElement().satisfies(failed -> {
            assertThat(failed.failure().category()).isEqualTo(FailureCategory.INTERNAL);
            assertThat(failed.failure().message()).isEqualTo("java.lang.IllegalStateException: cannot happen");
        });
    }

    @Test
    void a_running_job_is_interrupted_when_it_is_cancelled() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        scripted.script(target, run -> {
            running.countDown();
            new CountDownLatch(1).await();
        });
        broker.send(Requests.backup(request, target, "job"));
        running.await();

        broker.send(Requests.cancellation(UUID.randomUUID().toString(), target, request));

        awaitEnd(target);
        assertThat(events(target).getLast().data()).isInstanceOfSatisfying(BackupCancelled.class, cancelled -> {
            assertThat(cancelled.cancelledBy()).isEqualTo("a test");
            assertThat(cancelled.reason()).isEqualTo("no more");
        });
        assertThat(rowsOf(request)).isEqualTo("0");
    }

    @Test
    void a_job_that_waits_is_cancelled_without_ever_beginning() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<EventId> began = new CopyOnWriteArrayList<>();
        scripted.script(target, run -> {
            began.add(run.request().id());
            running.countDown();
            mayEnd.await();
        });
        String second = UUID.randomUUID().toString();
        broker.send(Requests.backup(request, target, "job"));
        running.await();
        broker.send(Requests.backup(second, target, "job"));

        broker.send(Requests.cancellation(UUID.randomUUID().toString(), target, second));

        await().atMost(PATIENCE)
                .until(() -> events(target).stream().anyMatch(event -> event.data() instanceof BackupCancelled));
        mayEnd.countDown();
        awaitEnd(target);
        assertThat(began).containsExactly(new EventId(request));
    }

    @Test
    void jobs_of_one_target_are_done_one_at_a_time_and_those_that_wait_in_their_order() {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch othersWait = new CountDownLatch(1);
        List<EventId> order = new CopyOnWriteArrayList<>();
        scripted.script(target, run -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            order.add(run.request().id());
            othersWait.await();
            Thread.sleep(20);
            atOnce.decrementAndGet();
        });
        List<EventId> requests = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String each = UUID.randomUUID().toString();
            requests.add(new EventId(each));
            broker.send(Requests.backup(each, target, "job"));
        }
        await().atMost(PATIENCE).until(() -> waitingFor(target).equals("5"));
        othersWait.countDown();

        await().atMost(PATIENCE).until(() -> completions(target) == 6);
        assertThat(most).hasValue(1);
        // Which one begins is anybody's guess while none waits.
        requests.remove(order.getFirst());
        assertThat(order.subList(1, order.size())).containsExactlyElementsOf(requests);
    }

    @Test
    void progress_is_told_while_a_job_runs() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        scripted.script(target, run -> {
            run.progress("read", 500, 1000L);
            mayEnd.await();
        });
        broker.send(Requests.backup(request, target, "job"));

        await().atMost(PATIENCE)
                .until(() -> broker.records(Topic.PROGRESS.topicName()).stream()
                        .anyMatch(event -> target.equals(event.key())));
        mayEnd.countDown();
        assertThat(broker.records(Topic.PROGRESS.topicName()).stream()
                        .filter(event -> target.equals(event.key()))
                        .map(codec::decode)
                        .map(Decoded.Known.class::cast)
                        .map(known -> (JobProgressed) known.event().data())
                        .toList())
                .first()
                .satisfies(progress -> {
                    assertThat(progress.request()).isEqualTo(new EventId(request));
                    assertThat(progress.phase()).isEqualTo("read");
                    assertThat(progress.bytesDone()).isEqualTo(500);
                    assertThat(progress.bytesTotal()).isEqualTo(1000);
                });
        awaitEnd(target);
    }

    private void awaitEnd(String of) {
        await().atMost(PATIENCE)
                .until(() -> events(of).stream()
                        .anyMatch(event -> event.data() instanceof BackupCompleted
                                || event.data() instanceof BackupFailed
                                || (event.data() instanceof BackupCancelled cancelled
                                        && cancelled.backupId().toString().equals(request))));
    }

    private List<? extends Event<?>> events(String of) {
        return broker.records(Topic.EVENTS.topicName()).stream()
                .filter(event -> of.equals(event.key()))
                .map(codec::decode)
                .map(Decoded.Known.class::cast)
                .map(Decoded.Known::event)
                .toList();
    }

    private List<BackupFailed> failures(String of) {
        return events(of).stream()
                .map(Event::data)
                .filter(BackupFailed.class::isInstance)
                .map(BackupFailed.class::cast)
                .toList();
    }

    private long completions(String of) {
        return events(of).stream()
                .filter(event -> event.data() instanceof BackupCompleted)
                .count();
    }

    private String waitingFor(String leaseKey) {
        return database.query("select count(*) from small_service.job where lease_key = '" + leaseKey
                + "' and waiting_since is not null");
    }

    private String rowsOf(String id) {
        return database.query("select (select count(*) from small_service.job where request_id = '" + id
                + "') + (select count(*) from small_service.lease where request_id = '" + id
                + "') + (select count(*) from small_service.scheduled_tasks where task_instance = '" + id + "')");
    }
}
