package io.holdfast.scheduler.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Clockworks with clocks of their own, on the service's real tables. Their times lie far in the future, where the
 * service's own clockwork does not look.
 */
@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class ClockworkTest {

    private static final RepositoryId MAIN = new RepositoryId("main");
    private static final RepositoryId CLOUD = new RepositoryId("cloud");
    private static final Instant DUE = Instant.parse("2100-01-10T02:00:00Z");

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Inject
    ScheduleTable table;

    @Inject
    Outbox outbox;

    private final TargetId target = new TargetId("t-" + UUID.randomUUID());
    private final TargetSchedule nightly =
            new TargetSchedule(target, BackupKind.FULL, MAIN, CronSchedule.of("0 2 * * *", ZoneId.of("UTC")));

    @AfterEach
    void nothing_of_it_stays() {
        database.execute("delete from scheduler.schedule where target = '" + target + "'");
    }

    @Test
    void many_instances_on_one_database_fire_once() throws InterruptedException {
        due(DUE);
        CyclicBarrier together = new CyclicBarrier(6);

        List<Thread> instances = IntStream.range(0, 6)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    try {
                        together.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    clockwork("instance-" + i, DUE.plusSeconds(1)).tick();
                }))
                .toList();
        for (Thread instance : instances) {
            instance.join();
        }

        assertThat(runs()).isEqualTo("1");
        List<Event<?>> said = awaitSaid(Topic.BACKUP_REQUESTS, 1);
        assertThat(said)
                .singleElement()
                .satisfies(event -> assertThat(event.data()).isInstanceOfSatisfying(BackupRequested.class, request -> {
                    assertThat(request.dueAt()).isEqualTo(DUE);
                    assertThat(request.reason()).isEqualTo("scheduled");
                    assertThat(request.repository()).isEqualTo(MAIN);
                }));
        assertThat(nextDueAt()).startsWith("2100-01-11 02:00:00");
    }

    @Test
    void runs_missed_while_away_are_told_and_caught_up_by_one() {
        due(DUE);

        clockwork("instance-1", Instant.parse("2100-01-12T14:00:00Z")).tick();

        Event<?> catchUp = awaitSaid(Topic.BACKUP_REQUESTS, 1).getFirst();
        assertThat(awaitSaid(Topic.EVENTS, 3))
                .allSatisfy(event -> assertThat(event.data()).isInstanceOfSatisfying(BackupMissed.class, missed -> {
                    assertThat(missed.caughtUpBy()).isEqualTo(BackupId.of(catchUp.id()));
                    assertThat(missed.backupId()).isNotEqualTo(missed.caughtUpBy());
                }));
        assertThat(nextDueAt()).startsWith("2100-01-13 02:00:00");
    }

    @Test
    void each_repository_is_asked_for_by_itself_and_misses_by_itself() {
        due(DUE, MAIN);
        due(DUE.minusSeconds(2 * 86_400), CLOUD);

        clockwork("instance-1", DUE.plusSeconds(1)).tick();

        List<Event<?>> asked = awaitSaid(Topic.BACKUP_REQUESTS, 2);
        assertThat(asked).extracting(Event::id).doesNotHaveDuplicates();
        assertThat(asked)
                .extracting(event -> (BackupRequested) event.data())
                .allSatisfy(request -> assertThat(request.dueAt()).isEqualTo(DUE))
                .extracting(BackupRequested::repository)
                .containsExactlyInAnyOrder(MAIN, CLOUD);
        assertThat(awaitSaid(Topic.EVENTS, 2))
                .extracting(event -> ((BackupMissed) event.data()).repository())
                .containsOnly(CLOUD);
    }

    @Test
    void a_schedule_that_goes_to_another_repository_keeps_what_is_due_and_a_further_one_begins_now() throws Exception {
        due(DUE, MAIN);
        List<TargetSchedule> before = others();
        TargetSchedule moved = new TargetSchedule(target, BackupKind.FULL, CLOUD, nightly.times());
        TargetSchedule further =
                new TargetSchedule(target, BackupKind.FULL, new RepositoryId("third"), nightly.times());
        Instant afterwards = DUE.plusSeconds(86_400 + 3600);

        clockwork("instance-1", afterwards)
                .follow(Stream.concat(before.stream(), Stream.of(moved, further))
                        .toList());

        assertThat(database.query("select string_agg(repository || ' ' || (next_due_at at time zone 'UTC')::date, ', '"
                        + " order by repository) from scheduler.schedule where target = '" + target + "'"))
                .isEqualTo("cloud 2100-01-10, third 2100-01-12");
    }

    private List<TargetSchedule> others() {
        return QuarkusTransaction.requiringNew()
                .call(() -> table.lockAll().stream()
                        .map(ScheduleTable.Row::schedule)
                        .filter(schedule -> !schedule.target().equals(target))
                        .toList());
    }

    @Test
    void a_clock_set_back_does_not_fire_the_same_run_again() {
        due(DUE);
        clockwork("instance-1", DUE.plusSeconds(1)).tick();
        due(DUE);

        clockwork("instance-1", DUE.plusSeconds(2)).tick();
        due(DUE);
        clockwork("instance-1", DUE.plusSeconds(7200)).tick();

        assertThat(runs()).isEqualTo("1");
        assertThat(awaitSaid(Topic.BACKUP_REQUESTS, 1)).hasSize(1);
        assertThat(awaitSaid(Topic.EVENTS, 0)).isEmpty();
    }

    @Test
    void nobody_can_know_the_id_of_a_request_before_it_is_made() {
        due(DUE);
        clockwork("instance-1", DUE.plusSeconds(1)).tick();
        EventId said = awaitSaid(Topic.BACKUP_REQUESTS, 1).getFirst().id();
        assertThat(database.query("select request_id from scheduler.run where target = '" + target + "'"))
                .isEqualTo(said.value());

        database.execute("delete from scheduler.run where target = '" + target + "'");
        due(DUE);
        clockwork("instance-1", DUE.plusSeconds(1)).tick();

        assertThat(awaitSaid(Topic.BACKUP_REQUESTS, 2).getLast().id()).isNotEqualTo(said);
        assertThat(said.asUuid().version()).isEqualTo(7);
    }

    @Test
    void a_missed_run_has_the_same_id_wherever_it_is_noticed() {
        EventId here = ScheduledIds.missedRun(nightly, DUE);

        assertThat(ScheduledIds.missedRun(nightly, Instant.parse("2100-01-10T02:00:00.000Z")))
                .isEqualTo(here);
        assertThat(ScheduledIds.missedRun(nightly, DUE.plusSeconds(86_400))).isNotEqualTo(here);
        assertThat(ScheduledIds.missed(nightly, DUE)).isNotEqualTo(here);
    }

    private void due(Instant at) {
        due(at, MAIN);
    }

    private void due(Instant at, RepositoryId repository) {
        database.execute(
                "insert into scheduler.schedule (target, kind, repository, cron, time_zone, next_due_at) values ('"
                        + target + "', 'full', '" + repository + "', '0 2 * * *', 'UTC', '" + at
                        + "') on conflict (target, kind, repository) do update set next_due_at = excluded.next_due_at");
    }

    private Clockwork clockwork(String instance, Instant now) {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        return new Clockwork(
                table,
                outbox,
                new EventIds(clock, new SecureRandom()),
                new Instance("scheduler-service", instance, "test"),
                clock);
    }

    private String runs() {
        return database.query("select count(*) from scheduler.run where not missed and target = '" + target + "'");
    }

    private String nextDueAt() {
        return database.query(
                "select next_due_at at time zone 'UTC' from scheduler.schedule where target = '" + target + "'");
    }

    private List<Event<?>> awaitSaid(Topic topic, int count) {
        EventCodec codec = new EventCodec();
        return Await.until(() -> {
            assertThat(database.query("select count(*) from scheduler.outbox where published_at is null"))
                    .isEqualTo("0");
            List<Event<?>> said = broker.records(topic.topicName()).stream()
                    .filter(record -> target.value().equals(record.key()))
                    .<Event<?>>map(record -> ((Decoded.Known) codec.decode(record)).event())
                    .toList();
            assertThat(said).hasSize(count);
            return said;
        });
    }
}
