package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.retention.Reason.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which backups of a target stay in a repository and which go, each with its reasons. Worked out from nothing but what is
 * given: the same for a dry run and for the real one. Each place is judged by itself, so backups of a cluster never take the
 * place of those of another. Immutable.
 *
 * @param decisions one for each backup, by place, the oldest first
 * @param log what is needed of the log, by place
 */
public record RetentionPlan(List<Decision> decisions, Map<Place, LogNeed> log) {
    public RetentionPlan {
        decisions = List.copyOf(decisions);
        log = Map.copyOf(log);
    }

    /** Plans without knowing of earlier runs, or of timelines. */
    public static RetentionPlan of(Collection<KnownBackup> backups, RetentionPolicy policy, Instant now) {
        return of(backups, policy, Circumstances.NONE, now);
    }

    /**
     * Plans.
     *
     * @param backups all complete ones of a target in a repository; given-up and deleted ones left out
     * @param now by the clock of whoever plans
     */
    public static RetentionPlan of(
            Collection<KnownBackup> backups, RetentionPolicy policy, Circumstances circumstances, Instant now) {
        Map<Place, List<KnownBackup>> places = new TreeMap<>(Comparator.comparing(Place::value));
        backups.forEach(backup ->
                places.computeIfAbsent(backup.place(), it -> new ArrayList<>()).add(backup));
        List<Decision> judged = new ArrayList<>();
        Map<Place, PlaceRules.Kept> kept = new HashMap<>();
        places.forEach((place, found) -> {
            Lineage lineage = new Lineage(circumstances.timelines().getOrDefault(place, List.of()));
            PlaceRules.Kept rules = PlaceRules.of(found, policy, lineage, now);
            kept.put(place, rules);
            found.stream().sorted(KnownBackup.BY_TIME).forEach(backup -> judged.add(judge(backup, rules, now)));
        });
        List<Decision> decided = Restraint.of(policy.limits(), circumstances).hold(judged);
        Map<Place, LogNeed> log = new HashMap<>();
        kept.forEach((place, rules) -> log.put(
                place,
                LogNeed.of(
                        staying(decided, place),
                        rules.logFrom(),
                        circumstances.timelines().getOrDefault(place, List.of()))));
        return new RetentionPlan(decided, log);
    }

    private static Decision judge(KnownBackup backup, PlaceRules.Kept rules, Instant now) {
        List<Reason> reasons = rules.reasons().getOrDefault(backup, List.of());
        if (!reasons.isEmpty()) {
            return new Decision(backup, Verdict.KEEP, reasons);
        }
        if (backup.lockedUntil().filter(now::isBefore).isPresent()) {
            Reason locked = new Reason(
                    Rule.LOCKED,
                    "no rule keeps it, but it is locked until "
                            + backup.lockedUntil().get());
            return new Decision(backup, Verdict.WAIT, List.of(locked));
        }
        return new Decision(
                backup, Verdict.REMOVE, List.of(new Reason(Rule.NOT_KEPT, "no rule of the policy keeps it")));
    }

    private static List<KnownBackup> staying(List<Decision> decided, Place place) {
        return decided.stream()
                .filter(decision -> decision.verdict() != Verdict.REMOVE)
                .map(Decision::backup)
                .filter(backup -> backup.place().equals(place))
                .toList();
    }

    /**
     * The same decisions, of which those that would remove wait: for saying what is not done now, not for doing.
     *
     * @param why what they wait for
     */
    public RetentionPlan postponed(Reason why) {
        return new RetentionPlan(
                decisions.stream()
                        .map(decision -> decision.verdict() == Verdict.REMOVE
                                ? new Decision(decision.backup(), Verdict.WAIT, List.of(why))
                                : decision)
                        .toList(),
                log);
    }

    /** What goes, the oldest first. */
    public List<BackupId> removed() {
        return decisions.stream()
                .filter(decision -> decision.verdict() == Verdict.REMOVE)
                .map(decision -> decision.backup().backup())
                .toList();
    }

    /** What waits until somebody agrees that it goes. */
    public List<BackupId> awaitingApproval() {
        return decisions.stream()
                .filter(decision -> decision.reasons().stream().anyMatch(reason -> reason.rule() == Rule.APPROVAL))
                .map(decision -> decision.backup().backup())
                .toList();
    }

    /** The plan for people, a line for each backup and a reason. */
    public String describe() {
        return decisions.stream()
                .map(decision -> decision.verdict().name().toLowerCase(Locale.ROOT) + " "
                        + decision.backup().place() + " " + decision.backup().backup() + " of "
                        + decision.backup().startedAt() + ": "
                        + decision.reasons().stream().map(Reason::words).collect(Collectors.joining("; ")))
                .collect(Collectors.joining("\n"));
    }
}
