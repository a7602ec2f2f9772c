package io.holdfast.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.EventData;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.alert.AlertRaised;
import io.holdfast.events.alert.AlertResolved;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.definition.NotificationsDefined.Contact;
import io.holdfast.events.definition.NotificationsDefined.Hours;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.events.definition.NotificationsDefined.Webhook;
import io.holdfast.events.wire.Decoded;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(NotifierProfile.class)
class AlertsTest extends Ground {

    private final RepositoryId repository = new RepositoryId("r-" + UUID.randomUUID());

    @Test
    void an_alert_of_another_service_is_told_once_until_it_is_resolved() {
        define(defined(email(), null, null, null));

        say(
                raised(AlertLevel.CRITICAL),
                raised(AlertLevel.CRITICAL),
                resolved(),
                resolved(),
                raised(AlertLevel.WARNING));
        awaitDelivered();

        assertThat(subjects())
                .containsExactly(
                        "[Holdfast] CRITICAL: replication lag of " + target,
                        "[Holdfast] RECOVERED: replication lag of " + target,
                        "[Holdfast] WARNING: replication lag of " + target);
    }

    @Test
    void what_is_told_of_the_log_is_an_alert_too_and_not_told_again() {
        define(defined(email(), null, null, null));
        String about = "backup/" + target + "/full/" + repository;

        say(failed(target, repository, FailureCategory.AUTHENTICATION));
        await().atMost(PATIENCE).until(() -> alerts(about).size() == 1);
        say(completed(target, repository));
        await().atMost(PATIENCE).until(() -> alerts(about).size() == 2);
        awaitDelivered();

        assertThat(alerts(about))
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOfSatisfying(AlertRaised.class, alert -> {
                            assertThat(alert.kind().value()).isEqualTo("backup_failed");
                            assertThat(alert.level()).isEqualTo(AlertLevel.CRITICAL);
                            assertThat(alert.summary()).contains("it does not answer");
                            assertThat(alert.hint()).isEqualTo("Look at it.");
                        }),
                        second -> assertThat(second).isInstanceOf(AlertResolved.class));
        assertThat(subjects()).hasSize(2);
    }

    @Test
    void a_service_that_raises_a_matter_of_the_log_does_not_raise_it_twice() {
        define(defined(email(), null, null, null));
        AlertKey same = new AlertKey("backup/" + target + "/full/" + repository);

        say(failed(target, repository, FailureCategory.AUTHENTICATION), raised(same, AlertLevel.CRITICAL));
        awaitDelivered();

        assertThat(subjects()).hasSize(1);
    }

    @Test
    void fifty_targets_that_fail_for_one_repository_are_one_message_that_ends_with_what_is_left() {
        define(defined(email(), null, null, null));
        TargetId[] targets = new TargetId[50];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = new TargetId("n" + i + "-" + UUID.randomUUID());
        }

        say(Arrays.stream(targets)
                .map(each -> failed(each, repository, FailureCategory.REPOSITORY_UNAVAILABLE))
                .toArray(EventData[]::new));
        awaitDelivered();
        assertThat(subjects())
                .containsExactly("[Holdfast] FAILED: repository " + repository + ": repository_unavailable");

        say(completed(new TargetId("other-" + UUID.randomUUID()), repository));
        say(completed(targets[7], repository), completed(targets[8], repository));
        awaitDelivered();
        assertThat(subjects()).hasSize(2).last().isEqualTo("[Holdfast] RECOVERED: repository " + repository);
        assertThat(database.query("select count(*) from notifier.notice where content like"
                        + " '%Still not made up for\",\"value\":\"49\"%' and matter = 'repository/" + repository + "'"))
                .isEqualTo("1");

        say(failed(targets[9], repository, FailureCategory.AUTHENTICATION));
        awaitDelivered();
        assertThat(subjects()).hasSize(3).last().asString().contains("FAILED: " + targets[9]);
    }

    @Test
    void a_missed_run_is_over_when_its_backup_is_made() {
        define(defined(email(), null, null, null));
        BackupId backup = BackupId.of(UUID.randomUUID().toString());

        say(
                new BackupMissed(
                        BackupId.of(UUID.randomUUID().toString()),
                        target,
                        BackupKind.FULL,
                        NOON,
                        clock.instant(),
                        backup,
                        repository),
                completed(target, repository, backup));
        awaitDelivered();

        assertThat(subjects())
                .containsExactly(
                        "[Holdfast] MISSED: " + target + " full backup to " + repository,
                        "[Holdfast] RECOVERED: " + target + " full backup to " + repository);
    }

    @Test
    void while_nobody_acknowledges_the_next_are_told_and_then_nobody() {
        try (StubReceiver anna = StubReceiver.started();
                StubReceiver ben = StubReceiver.started()) {
            List<Webhook> webhooks =
                    List.of(new Webhook("anna", anna.url("/"), null), new Webhook("ben", ben.url("/"), null));
            List<Contact> contacts =
                    List.of(new Contact(List.of("anna"), 900, null), new Contact(List.of("ben"), 1800, null));
            define(defined(
                    email(),
                    null,
                    null,
                    webhooks,
                    new Route(null, null, null, List.of("email"), contacts, null, 7200L)));

            // The mail server takes it, and whether anybody reads it nobody knows.
            say(raised(AlertLevel.CRITICAL));
            awaitDelivered();
            assertThat(subjects()).hasSize(1);
            assertThat(anna.requests()).isEmpty();

            clock.pass(Duration.ofMinutes(16));
            await().atMost(PATIENCE).until(() -> anna.requests().size() == 1);
            awaitDelivered();
            assertThat(ben.requests()).isEmpty();

            say(acknowledged());
            clock.pass(Duration.ofHours(5));
            say(resolved());
            awaitDelivered();
            assertThat(ben.requests()).isEmpty();
            assertThat(anna.requests())
                    .extracting(request -> request.json().path("status").asText())
                    .containsExactly("firing", "resolved");
            assertThat(subjects()).hasSize(2).last().asString().contains("RECOVERED");
        }
    }

    @Test
    void what_is_open_and_not_acknowledged_is_told_again() {
        define(defined(email(), null, null, null, new Route(null, null, null, List.of("email"), null, null, 3600L)));
        say(raised(AlertLevel.WARNING));
        awaitDelivered();

        for (int hours = 1; hours <= 2; hours++) {
            clock.pass(Duration.ofMinutes(61));
            int told = hours + 1;
            await().atMost(PATIENCE).until(() -> subjects().size() == told);
        }
        awaitDelivered();

        assertThat(subjects().subList(1, 3)).containsOnly("[Holdfast] STILL: replication lag of " + target);
    }

    @Test
    void warnings_wait_in_quiet_hours_and_what_came_and_went_is_not_told() {
        Route always = new Route(null, null, null, List.of("email"), null, new Hours("00:00", "00:00", "UTC"), null);
        define(defined(email(), null, null, null, always));

        say(raised(AlertLevel.WARNING), failed(target, repository, FailureCategory.AUTHENTICATION));
        await().atMost(PATIENCE).until(() -> subjects().size() == 1);
        say(resolved());
        clock.pass(Duration.ofHours(25));
        awaitDelivered();

        assertThat(subjects()).hasSize(1).first().asString().contains("FAILED: " + target);
    }

    private List<AlertEvent> alerts(String about) {
        return broker.records("holdfast.alerts").stream()
                .filter(record -> about.equals(record.key()))
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> (AlertEvent) ((Decoded.Known) known).event().data())
                .toList();
    }
}
