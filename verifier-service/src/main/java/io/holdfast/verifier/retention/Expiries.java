package io.holdfast.verifier.retention;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.retention.ApprovalAwaited;
import io.holdfast.events.retention.BackupDeleted;
import io.holdfast.events.retention.BackupExpired;
import io.holdfast.events.retention.BackupKept;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.retention.Decision;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.retention.RetentionPlan;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/**
 * Says what becomes of backups: expired before anything of one is touched, then deleted or kept. What was said is noted in
 * the same transaction, so that a run that goes on after an interruption says the rest and nothing twice. Thread safe.
 */
@Singleton
class Expiries {
    /** An event has a limited length. */
    private static final int MOST_NAMED = 1000;

    private final RetentionTable table;
    private final Outbox outbox;
    private final Instance instance;
    private final Clock clock;

    Expiries(RetentionTable table, Outbox outbox, Instance instance, Clock clock) {
        this.table = table;
        this.outbox = outbox;
        this.instance = instance;
        this.clock = clock;
    }

    /** Says that those expire which a plan removes, as far as that was not said before. */
    void expire(Scope scope, Event<?> request, RetentionPlan plan) throws InterruptedException {
        for (Decision decision : plan.decisions()) {
            if (decision.verdict() == Verdict.REMOVE) {
                BackupId backup = decision.backup().backup();
                Persistence.untilDone("the expiry of " + backup, () -> {
                    Instant now = clock.instant();
                    if (table.noteExpired(scope, backup.value(), now)) {
                        say(
                                request,
                                new BackupExpired(
                                        RunReport.idOf(backup),
                                        scope.target(),
                                        scope.repository(),
                                        RunReport.words(decision),
                                        now),
                                backup.value());
                    }
                    return backup;
                });
            }
        }
    }

    /** Says that backups are gone, if it was said that they expire. */
    void deleted(Scope scope, Event<?> request, Collection<String> backups) throws InterruptedException {
        for (String backup : backups) {
            Persistence.untilDone("the end of backup " + backup, () -> {
                if (table.settle(scope, backup)) {
                    say(
                            request,
                            new BackupDeleted(
                                    RunReport.idOf(new BackupId(backup)),
                                    scope.target(),
                                    scope.repository(),
                                    clock.instant()),
                            backup);
                }
                table.forget(scope, backup);
                return backup;
            });
        }
    }

    /**
     * Says that a backup stays after all.
     *
     * @param always say it also if it was not said that it expires
     */
    void kept(Scope scope, Event<?> request, Decision decision, String why, boolean always)
            throws InterruptedException {
        String backup = decision.backup().backup().value();
        Persistence.untilDone("that backup " + backup + " stays", () -> {
            if (table.settle(scope, backup) || always) {
                say(
                        request,
                        new BackupKept(
                                RunReport.idOf(decision.backup().backup()),
                                scope.target(),
                                scope.repository(),
                                why,
                                clock.instant()),
                        backup);
            }
            return backup;
        });
    }

    /** Asks for consent, unless the same was asked before. */
    void ask(Scope scope, Event<?> request, RetentionPlan plan) throws InterruptedException {
        List<BackupId> awaiting = plan.awaitingApproval();
        String names =
                String.join(",", awaiting.stream().map(BackupId::value).sorted().toList());
        String digest = EventId.derived(scope.toString(), names).value();
        String why = plan.decisions().stream()
                .filter(decision -> awaiting.contains(decision.backup().backup()))
                .findFirst()
                .map(RunReport::words)
                .orElse("");
        Persistence.untilDone("what waits for approval of " + scope, () -> {
            if (table.noteAwaiting(scope, digest) && !awaiting.isEmpty()) {
                say(
                        request,
                        new ApprovalAwaited(
                                scope.target(),
                                scope.repository(),
                                awaiting.stream()
                                        .limit(MOST_NAMED)
                                        .map(RunReport::idOf)
                                        .toList(),
                                awaiting.size(),
                                why,
                                clock.instant()),
                        digest);
            }
            return digest;
        });
    }

    /** The note in the same transaction sees to it that it is said once for each run. */
    private void say(Event<?> request, RetentionEvent event, String about) {
        EventId id = EventId.derived(
                request.id().value(),
                EventType.of(event).wireName(),
                event.repository().value(),
                about);
        outbox.publish(request.leadsTo(id, instance.source(), clock.instant(), event));
    }
}
