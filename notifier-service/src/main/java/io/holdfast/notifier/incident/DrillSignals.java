package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import io.holdfast.events.drill.DrillCancelled;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillStarted;
import java.util.List;
import java.util.Optional;

/** What drills mean for incidents: one that fails says that a target could not be brought back today. Pure. */
final class DrillSignals {
    private static final int CHECKS_SHOWN = 10;

    private DrillSignals() {}

    static Optional<Signal> of(EventId id, DrillEvent event) {
        Matter matter = Matter.drill(event.target());
        return switch (event) {
            case DrillStarted started -> Optional.empty();
            case DrillCancelled cancelled -> Optional.empty();
            case DrillCompleted completed ->
                Signals.success(
                        matter,
                        id,
                        "A backup of " + completed.target() + " was restored in a drill, and is as it has to be.",
                        completed.finishedAt(),
                        measured(
                                        new Facts()
                                                .add("Drill", completed.drillId())
                                                .add("Backup", completed.backupId())
                                                .add("Repository", completed.repository())
                                                .add("Finished", completed.finishedAt()),
                                        completed.measures())
                                .add("Report", page(completed.report())));
            case DrillFailed failed ->
                Signals.trouble(
                        matter,
                        id,
                        "A drill failed: " + failed.target() + " was not brought back as it has to be.",
                        failed.failedAt(),
                        failed.failure(),
                        facts(failed),
                        List.of(
                                "Look at the report: what it names would be missing on the day when it is needed.",
                                "Once it is mended, try the same again: holdfast drill --target " + failed.target()
                                        + " --seed " + failed.seed()
                                        + (failed.backupId() == null ? "" : " --backup " + failed.backupId())
                                        + " --wait"));
        };
    }

    private static Facts facts(DrillFailed failed) {
        Facts facts = measured(
                new Facts()
                        .add("Drill", failed.drillId())
                        .add("Backup", failed.backupId())
                        .add("Repository", failed.repository())
                        .add("Site", failed.site())
                        .add("Failed for", failed.reason().wireName().replace('_', ' '))
                        .add("Started", failed.startedAt())
                        .add("Failed", failed.failedAt()),
                failed.measures());
        failed.checks().stream()
                .filter(DrillCheck::failed)
                .limit(CHECKS_SHOWN)
                .forEach(check -> facts.add(
                        "Not as it has to be",
                        check.name() + (check.database() == null ? "" : ", database " + check.database()) + ": "
                                + check.detail()));
        return facts.add("Report", page(failed.report()));
    }

    private static Facts measured(Facts facts, DrillMeasures measures) {
        return facts.add("Seconds until the first query", measures.rtoSeconds())
                .add("Seconds that would have been lost", measures.rpoSeconds())
                .add("Recoverable to", measures.recoverableTo());
    }

    private static @org.jspecify.annotations.Nullable String page(@org.jspecify.annotations.Nullable String report) {
        return report == null ? null : report + ".html";
    }
}
