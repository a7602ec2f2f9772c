package io.holdfast.verifier.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.events.retention.JudgedBackup;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.repository.retention.Decision;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.retention.Reason;
import io.holdfast.repository.retention.Reason.Rule;
import io.holdfast.repository.retention.RetentionPlan;
import io.holdfast.repository.retention.RetentionReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What a run says of itself at its end, no longer than an event may be. Pure. */
final class RunReport {
    /** An event is at most 256 KiB long; a decision is told in its reasons and some 120 characters more. */
    private static final int MOST_CHARACTERS = 120_000;

    private static final int FRAME = 120;

    private RunReport() {}

    /** @param done what was done in each place; nothing in a dry run */
    static RetentionCompleted of(
            Scope scope,
            boolean dryRun,
            RetentionPlan plan,
            List<RetentionReport> done,
            Instant startedAt,
            Instant finishedAt) {
        List<JudgedBackup> shown = new ArrayList<>();
        int characters = 0;
        List<Decision> ordered = plan.decisions().stream()
                .sorted(Comparator.comparing((Decision decision) -> decision.verdict())
                        .reversed()
                        .thenComparing(decision -> decision.backup().startedAt()))
                .toList();
        for (Decision decision : ordered) {
            JudgedBackup judged = judged(decision);
            characters +=
                    FRAME + judged.reasons().stream().mapToInt(String::length).sum();
            if (characters > MOST_CHARACTERS) {
                break;
            }
            shown.add(judged);
        }
        int leftOut = ordered.size() - shown.size();
        List<String> notes = notes(done);
        return new RetentionCompleted(
                scope.target(),
                scope.repository(),
                dryRun,
                count(plan, Verdict.KEEP),
                count(plan, Verdict.WAIT),
                count(plan, Verdict.REMOVE),
                plan.awaitingApproval().size(),
                shown,
                leftOut == 0 ? null : leftOut,
                done.stream().mapToLong(each -> each.sweep().objects()).sum(),
                done.stream().mapToLong(RetentionReport::logObjects).sum(),
                done.stream()
                        .mapToLong(each ->
                                each.sweep().locked().size() + each.locked().size())
                        .sum(),
                notes.isEmpty() ? null : notes,
                startedAt,
                finishedAt);
    }

    /** What is to be said where there is no repository yet. */
    static RetentionCompleted nothing(Scope scope, boolean dryRun, Instant at) {
        return new RetentionCompleted(
                scope.target(),
                scope.repository(),
                dryRun,
                0,
                0,
                0,
                0,
                List.of(),
                null,
                0,
                0,
                0,
                List.of("There is no repository yet; the first backup makes it."),
                at,
                at);
    }

    /** The identity that events have for a backup; those that Holdfast makes bear it as their name. */
    static BackupId idOf(io.holdfast.repository.BackupId backup) {
        return BackupId.of(new EventId(backup.value()));
    }

    /** Why, in words. */
    static String words(Decision decision) {
        return String.join("; ", decision.reasons().stream().map(Reason::words).toList());
    }

    private static JudgedBackup judged(Decision decision) {
        return new JudgedBackup(
                idOf(decision.backup().backup()),
                decision.backup().startedAt(),
                decision.verdict().name().toLowerCase(Locale.ROOT),
                decision.reasons().stream().map(Reason::words).toList(),
                decision.reasons().stream().anyMatch(reason -> reason.rule() == Rule.APPROVAL) ? true : null);
    }

    private static int count(RetentionPlan plan, Verdict verdict) {
        return (int) plan.decisions().stream()
                .filter(decision -> decision.verdict() == verdict)
                .count();
    }

    private static List<String> notes(List<RetentionReport> done) {
        List<String> notes = new ArrayList<>();
        for (RetentionReport report : done) {
            List<String> denied = Stream.concat(report.sweep().denied().stream(), report.denied().stream())
                    .map(Object::toString)
                    .toList();
            if (!denied.isEmpty()) {
                notes.add(denied.size() + " objects could not be removed, for the store denies it: " + denied.getFirst()
                        + (denied.size() == 1 ? "" : " and others"));
            }
            report.sweep().mapsKept().ifPresent(why -> notes.add("No shared map was removed: " + why));
            if (!report.sweep().givenUp().isEmpty()) {
                notes.add("Given up, since they did not end for too long: "
                        + report.sweep().givenUp().stream().limit(10).toList());
            }
            if (!report.broughtBack().isEmpty()) {
                notes.add("Had been marked as deleted by somebody who may not decide that, and are listed again: "
                        + report.broughtBack().stream().limit(10).toList());
            }
        }
        return notes;
    }
}
