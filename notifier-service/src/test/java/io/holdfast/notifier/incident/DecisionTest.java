package io.holdfast.notifier.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.notifier.incident.IncidentState.Open;
import io.holdfast.notifier.incident.IncidentState.Quiet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DecisionTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final BackupId BACKUP = BackupId.of("019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b");
    private static final BackupId CATCH_UP = BackupId.of("019c2ac7-3a00-7d11-8222-333344445555");

    private static final RepositoryId MAIN = new RepositoryId("main");
    private static final RepositoryId CLOUD = new RepositoryId("cloud");

    private final Map<String, IncidentState> states = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private int events;

    @Test
    void the_first_failure_is_told_and_the_next_ones_are_not() {
        say(failed("orders", BackupKind.FULL));
        say(failed("orders", BackupKind.FULL));
        say(failed("orders", BackupKind.FULL));

        assertThat(told).containsExactly("FAILED orders full backup to main 1");
        assertThat(states).containsEntry("backup/orders/full/main", new Open(new EventId("1"), NOON, 3, true));
    }

    @Test
    void the_first_success_after_a_failure_is_told_once_and_answers_it() {
        say(failed("orders", BackupKind.FULL));
        say(failed("orders", BackupKind.FULL));
        List<Decision> recovery = say(completed("orders", BackupKind.FULL));
        say(completed("orders", BackupKind.FULL));

        assertThat(told)
                .containsExactly("FAILED orders full backup to main 1", "RECOVERED orders full backup to main 3");
        assertThat(recovery.getFirst().notice()).hasValueSatisfying(notice -> {
            assertThat(notice.answers()).isEqualTo(new EventId("1"));
            assertThat(notice.facts())
                    .contains(
                            new Notice.Fact("Failures", "2"),
                            new Notice.Fact("Failed since", "2026-11-20 12:00:00 UTC"));
        });
    }

    @Test
    void success_without_a_failure_is_no_news() {
        say(completed("orders", BackupKind.FULL));

        assertThat(told).isEmpty();
    }

    @Test
    void a_failure_after_a_recovery_is_a_new_incident() {
        say(failed("orders", BackupKind.FULL));
        say(completed("orders", BackupKind.FULL));
        say(failed("orders", BackupKind.FULL));

        assertThat(told)
                .containsExactly(
                        "FAILED orders full backup to main 1",
                        "RECOVERED orders full backup to main 2",
                        "FAILED orders full backup to main 3");
    }

    @Test
    void targets_and_kinds_have_incidents_of_their_own() {
        say(failed("orders", BackupKind.FULL));
        say(failed("orders", BackupKind.LOGICAL));
        say(failed("payments", BackupKind.FULL));
        say(completed("orders", BackupKind.LOGICAL));

        assertThat(told)
                .containsExactly(
                        "FAILED orders full backup to main 1",
                        "FAILED orders logical backup to main 2",
                        "FAILED payments full backup to main 3",
                        "RECOVERED orders logical backup to main 4");
    }

    @Test
    void each_repository_of_a_target_has_an_incident_of_its_own() {
        say(failed("orders", BackupKind.FULL, CLOUD));
        say(completed("orders", BackupKind.FULL, MAIN));
        say(unread(MAIN));
        say(verified(CLOUD));

        assertThat(told)
                .containsExactly("FAILED orders full backup to cloud 1", "FAILED orders verification in main 3");

        say(completed("orders", BackupKind.FULL, CLOUD));
        say(verified(MAIN));

        assertThat(told.subList(2, told.size()))
                .containsExactly("RECOVERED orders full backup to cloud 5", "RECOVERED orders verification in main 6");
    }

    @Test
    void what_failed_before_it_was_known_where_to_ends_with_the_first_success() {
        say(failed("orders", BackupKind.FULL, null));
        say(completed("orders", BackupKind.FULL, CLOUD));
        say(failed("orders", BackupKind.FULL, null));

        assertThat(told)
                .containsExactly(
                        "FAILED orders full backup 1",
                        "RECOVERED orders full backup to cloud 2",
                        "FAILED orders full backup 3");
    }

    @Test
    void several_missed_runs_that_one_backup_catches_up_are_told_once() {
        say(missed(CATCH_UP));
        say(missed(CATCH_UP));
        say(missed(BACKUP));

        assertThat(told)
                .containsExactly("MISSED orders logical backup to main 1", "MISSED orders logical backup to main 3");
    }

    @Test
    void history_is_not_told_but_counts() {
        say(failed("orders", BackupKind.FULL), false);
        assertThat(told).isEmpty();

        say(failed("orders", BackupKind.FULL), true);
        assertThat(told).containsExactly("FAILED orders full backup to main 2");
        assertThat(states.get("backup/orders/full/main")).isEqualTo(new Open(new EventId("2"), NOON, 2, true));
    }

    @Test
    void the_end_of_an_incident_that_nobody_heard_of_is_not_told() {
        say(failed("orders", BackupKind.FULL), false);
        say(completed("orders", BackupKind.FULL), true);

        assertThat(told).isEmpty();
        assertThat(states.get("backup/orders/full/main")).isEqualTo(new Quiet());
    }

    private List<Decision> say(EventData data) {
        return say(data, true);
    }

    private List<Decision> say(EventData data, boolean isNews) {
        events++;
        return Signals.of(Event.first(new EventId(Integer.toString(events)), "/test", NOON, data)).stream()
                .map(signal -> decide(signal, isNews))
                .toList();
    }

    private Decision decide(Signal signal, boolean isNews) {
        Decision decision = Decision.of(states.getOrDefault(signal.matter().key(), new Quiet()), signal, isNews);
        states.put(signal.matter().key(), decision.state());
        decision.notice().ifPresent(notice -> told.add(notice.sort() + " " + notice.title() + " " + notice.event()));
        return decision;
    }

    private static BackupFailed failed(String target, BackupKind kind) {
        return failed(target, kind, MAIN);
    }

    private static BackupFailed failed(String target, BackupKind kind, @Nullable RepositoryId repository) {
        Failure failure = new Failure(FailureCategory.AUTHENTICATION, "refused", "Check the password.");
        return new BackupFailed(BACKUP, new TargetId(target), kind, repository, null, NOON, 1, failure, null, null);
    }

    private static BackupCompleted completed(String target, BackupKind kind) {
        return completed(target, kind, MAIN);
    }

    private static BackupCompleted completed(String target, BackupKind kind, RepositoryId repository) {
        return new BackupCompleted(
                BACKUP,
                new TargetId(target),
                kind,
                repository,
                "m",
                1,
                1,
                NOON,
                NOON,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static VerificationFailed unread(RepositoryId repository) {
        Failure failure = new Failure(FailureCategory.REPOSITORY_DAMAGED, "not good", "Look at it.");
        return new VerificationFailed(
                BACKUP, new TargetId("orders"), repository, NOON, NOON, failure, List.of(), 0, null);
    }

    private static BackupVerified verified(RepositoryId repository) {
        return new BackupVerified(
                BACKUP, new TargetId("orders"), repository, VerificationLevel.BYTES, 1, 1, NOON, NOON);
    }

    private static BackupMissed missed(@Nullable BackupId caughtUpBy) {
        return new BackupMissed(BACKUP, new TargetId("orders"), BackupKind.LOGICAL, NOON, NOON, caughtUpBy, MAIN);
    }
}
