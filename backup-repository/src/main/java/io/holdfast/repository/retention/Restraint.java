package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.retention.Reason.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps a run from removing too much: what nobody expects waits until somebody agrees, and no run removes more than so
 * many.
 *
 * @param most in a run
 * @param unasked so many go without anybody's consent
 */
record Restraint(int most, long unasked, Set<BackupId> approved) {
    static Restraint of(RetentionPolicy.Limits limits, Circumstances circumstances) {
        return new Restraint(
                limits.perRun(), Math.max(limits.freely(), 2L * circumstances.usual()), circumstances.approved());
    }

    /** The same decisions, of which some that would remove wait. */
    List<Decision> hold(List<Decision> decisions) {
        List<Decision> going = decisions.stream()
                .filter(decision -> decision.verdict() == Verdict.REMOVE)
                .sorted(Comparator.comparing(Decision::backup, KnownBackup.BY_TIME))
                .toList();
        List<Decision> unexpected = going.stream()
                .filter(decision -> !approved.contains(decision.backup().backup()))
                .toList();
        boolean asks = unexpected.size() > unasked;
        Set<KnownBackup> waiting = new HashSet<>();
        if (asks) {
            unexpected.forEach(decision -> waiting.add(decision.backup()));
        }
        Set<KnownBackup> later = new HashSet<>();
        going.stream()
                .map(Decision::backup)
                .filter(backup -> !waiting.contains(backup))
                .skip(most)
                .forEach(later::add);
        Reason approval = new Reason(
                Rule.APPROVAL,
                "no rule keeps it, but " + unexpected.size() + " would go at once where " + unasked
                        + " may: somebody has to agree");
        Reason limit = new Reason(Rule.LIMIT, "no rule keeps it, but no more than " + most + " go in one run");
        List<Decision> held = new ArrayList<>();
        for (Decision decision : decisions) {
            if (waiting.contains(decision.backup())) {
                held.add(new Decision(decision.backup(), Verdict.WAIT, List.of(approval)));
            } else if (later.contains(decision.backup())) {
                held.add(new Decision(decision.backup(), Verdict.WAIT, List.of(limit)));
            } else {
                held.add(decision);
            }
        }
        return held;
    }
}
