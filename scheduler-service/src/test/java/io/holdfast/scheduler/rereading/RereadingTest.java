package io.holdfast.scheduler.rereading;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.Damage;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerConfig;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.catalog.StaleReadings;
import io.holdfast.scheduler.request.KnownTargets;
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
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With clocks of its own, on the service's real tables, in repositories of its own. */
@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class RereadingTest {
    private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Inject
    KnownTargets targets;

    @Inject
    StaleReadings stale;

    @Inject
    Projection projection;

    @Inject
    Outbox outbox;

    @Inject
    SchedulerConfig config;

    private final TargetId target = new TargetId("t-" + UUID.randomUUID());
    private final RepositoryId repository = new RepositoryId("r-" + UUID.randomUUID());

    @AfterEach
    void nothing_of_it_stays() {
        database.execute("delete from catalog.backup where repository = '" + repository + "'");
    }

    @Test
    void what_was_read_longest_ago_is_asked_for_first_and_a_few_at_a_time() {
        // given backups of long ago, the oldest of which was read lately
        BackupId readLately = backup(100);
        verified(readLately, NOW.minus(DAY));
        BackupId second = backup(80);
        BackupId third = backup(90);
        verified(third, NOW.minus(DAY.multipliedBy(40)));
        BackupId fresh = backup(2);
        BackupId first = backup(95);

        // when
        assertThat(rereading(NOW).askIn(repository)).isEqualTo(2);
        // then those stand for all until they are answered for
        assertThat(rereading(NOW.plusSeconds(10)).askIn(repository)).isZero();
        assertThat(asked(2)).containsExactly(first, second);

        // when
        verified(first, NOW.plusSeconds(20));
        assertThat(rereading(NOW.plusSeconds(30)).askIn(repository)).isOne();

        // then
        assertThat(asked(3)).containsExactly(first, second, third);
        verified(second, NOW.plusSeconds(40));
        verified(third, NOW.plusSeconds(40));
        assertThat(rereading(NOW.plusSeconds(50)).askIn(repository)).isZero();
        assertThat(List.of(readLately, fresh)).doesNotContainAnyElementsOf(asked(3));
    }

    @Test
    void all_that_lies_beside_damage_is_read_at_once() {
        // given
        BackupId older = backup(3);
        BackupId newer = backup(2);
        BackupId damaged = backup(1);
        List.of(older, newer).forEach(each -> verified(each, NOW.minus(DAY)));
        say(
                new TargetId("u-" + UUID.randomUUID()),
                new EventId(UUID.randomUUID().toString()),
                3);
        assertThat(rereading(NOW).askIn(repository)).isZero();

        // when
        failed(damaged, NOW.minusSeconds(60), 1);

        // then: its own target's, and no other's
        assertThat(rereading(NOW).askIn(repository)).isEqualTo(2);
        assertThat(asked(2)).containsExactlyInAnyOrder(older, newer);

        // then: one that is damaged as well makes nothing be read again that was read since
        verified(older, NOW.plusSeconds(10));
        failed(newer, NOW.plusSeconds(5), 1);
        assertThat(rereading(NOW.plusSeconds(20)).askIn(repository)).isZero();
    }

    @Test
    void a_reading_that_could_not_be_made_or_was_never_answered_for_is_asked_for_again_after_a_while() {
        // given
        BackupId unreadable = backup(2);
        failed(unreadable, NOW, 0);

        // then
        assertThat(rereading(NOW.plus(Duration.ofHours(11))).askIn(repository)).isZero();
        assertThat(rereading(NOW.plus(Duration.ofHours(13))).askIn(repository)).isOne();
        assertThat(rereading(NOW.plus(Duration.ofHours(24))).askIn(repository)).isZero();
        assertThat(rereading(NOW.plus(Duration.ofHours(26))).askIn(repository)).isOne();
        assertThat(asked(2)).containsExactly(unreadable, unreadable);
    }

    @Test
    void a_clock_that_was_ahead_for_a_moment_hinders_nothing() {
        // given readings that were asked for, and answered, in a year's time
        Instant ahead = NOW.plus(DAY.multipliedBy(365));
        backup(50);
        backup(45);
        assertThat(rereading(ahead).askIn(repository)).isEqualTo(2);
        BackupId checkedAhead = backup(44);
        verified(checkedAhead, ahead);

        // when
        int again = rereading(NOW).askIn(repository);
        asked(2 + again).subList(2, 2 + again).forEach(each -> verified(each, NOW.plusSeconds(1)));
        rereading(NOW.plusSeconds(2)).askIn(repository);

        // then
        assertThat(again).isEqualTo(2);
        assertThat(asked(5)).contains(checkedAhead);
    }

    @Test
    void many_instances_ask_once() throws InterruptedException {
        BackupId only = backup(40);
        CyclicBarrier together = new CyclicBarrier(6);

        List<Thread> instances = IntStream.range(0, 6)
                .mapToObj(i -> Thread.ofPlatform().start(() -> {
                    try {
                        together.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    rereading(NOW).askIn(repository);
                }))
                .toList();
        for (Thread instance : instances) {
            instance.join();
        }

        assertThat(asked(1)).containsExactly(only);
    }

    private BackupId backup(int daysAgo) {
        EventId request = new EventId(UUID.randomUUID().toString());
        say(target, request, daysAgo);
        return BackupId.of(request);
    }

    private void say(TargetId whose, EventId request, int daysAgo) {
        Instant at = NOW.minus(DAY.multipliedBy(daysAgo));
        say(
                request,
                new BackupCompleted(
                        BackupId.of(request),
                        whose,
                        BackupKind.FULL,
                        repository,
                        whose + "/1/manifest",
                        4096,
                        1024,
                        at,
                        at,
                        1,
                        "0/2000028",
                        "0/2000100",
                        "7000000000000000001",
                        "17.11",
                        null,
                        null,
                        null,
                        null,
                        null,
                        "because",
                        "ci",
                        true));
    }

    private void verified(BackupId backup, Instant at) {
        say(
                new EventId(backup.toString()),
                new BackupVerified(backup, target, repository, VerificationLevel.BYTES, 1, 1, at, at));
    }

    private void failed(BackupId backup, Instant at, long damaged) {
        FailureCategory category =
                damaged > 0 ? FailureCategory.REPOSITORY_DAMAGED : FailureCategory.REPOSITORY_UNAVAILABLE;
        List<Damage> damages = damaged > 0 ? List.of(new Damage("orders/pack", "base/1/1", "wrong digest")) : List.of();
        say(
                new EventId(backup.toString()),
                new VerificationFailed(
                        backup,
                        target,
                        repository,
                        at,
                        at,
                        new Failure(category, "not whole", "look"),
                        damages,
                        damaged,
                        VerificationLevel.BYTES));
    }

    private void say(EventId correlation, EventData data) {
        QuarkusTransaction.requiringNew()
                .run(() -> projection.apply(new Event<>(
                        new EventId(UUID.randomUUID().toString()),
                        "/test/1",
                        NOW,
                        correlation,
                        correlation,
                        null,
                        data)));
    }

    private Rereading rereading(Instant now) {
        Clock clock = Clock.fixed(now, ZoneOffset.UTC);
        return new Rereading(
                targets,
                stale,
                outbox,
                projection,
                new EventIds(clock, new SecureRandom()),
                new Instance("scheduler-service", "instance", "test"),
                clock,
                config);
    }

    /** What was asked for, in order. */
    private List<BackupId> asked(int count) {
        EventCodec codec = new EventCodec();
        return Await.until(() -> {
            List<BackupId> asked = broker.records(Topic.BACKUP_REQUESTS.topicName()).stream()
                    .filter(record -> target.value().equals(record.key()))
                    .map(record ->
                            ((Decoded.Known) codec.decode(record)).event().data())
                    .map(data -> ((VerificationRequested) data).backupId())
                    .toList();
            assertThat(asked).hasSize(count);
            return asked;
        });
    }
}
