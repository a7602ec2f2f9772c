package io.holdfast.scheduler.catalog;

import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestorePlanned.Plan;
import io.holdfast.scheduler.catalog.Listed.Estimate;
import io.quarkus.panache.common.Sort;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long a restore would take: what the newest drill or restore of the target took, with its files fetched as fast as
 * then, and at least the time for the log that is to be replayed.
 */
final class RestoreEstimate {

    /** Bytes a second that a server replays where nothing says how many. */
    private static final double REPLAYED = 50e6;

    private static final String FETCH = "fetch";
    private static final String RECOVER = "recover";
    private static final String STOP = "stop";

    private RestoreEstimate() {}

    /** What was measured once. */
    private record Measured(String what, Instant at, List<Phase> phases, long bytes) {

        double seconds(String phase) {
            return phases.stream()
                    .filter(each -> each.name().equals(phase))
                    .mapToDouble(Phase::seconds)
                    .sum();
        }

        double rest() {
            return phases.stream()
                    .filter(each -> !List.of(FETCH, RECOVER, STOP).contains(each.name()))
                    .mapToDouble(Phase::seconds)
                    .sum();
        }
    }

    static Estimate of(String target, Plan plan) {
        return Stream.of(drill(target), restore(target))
                .flatMap(Optional::stream)
                .max(Comparator.comparing(Measured::at))
                .map(measured -> of(measured, plan))
                .orElseGet(() -> new Estimate(plan.estimatedSeconds(), null));
    }

    private static Estimate of(Measured then, Plan plan) {
        double fetch = then.seconds(FETCH) * plan.bytes() / then.bytes();
        double replay = Math.max(then.seconds(RECOVER), plan.walBytes() / REPLAYED);
        return new Estimate(Math.round(10 * (fetch + replay + then.rest())) / 10.0, then.what());
    }

    private static Optional<Measured> drill(String target) {
        return CatalogDrill.<CatalogDrill>find(
                        "target = ?1 and status = ?2",
                        Sort.by("completedAt").descending(),
                        target,
                        RestoreStatus.COMPLETED)
                .firstResultOptional()
                .flatMap(row -> {
                    DrillMeasures measures = StoredJson.read(row.measures, DrillMeasures.class);
                    return measures == null
                            ? Optional.empty()
                            : measured("drill " + row.drillId, row.completedAt, measures.phases(), measures.bytes());
                });
    }

    /** One that fetched everything: of one over what was there most may have been kept. */
    private static Optional<Measured> restore(String target) {
        return CatalogRestore.<CatalogRestore>find(
                        "target = ?1 and status = ?2 and kind in ('full', 'incremental') and comparison is null",
                        Sort.by("completedAt").descending(),
                        target,
                        RestoreStatus.COMPLETED)
                .firstResultOptional()
                .flatMap(row -> measured(
                        "restore " + row.restoreId,
                        row.completedAt,
                        StoredJson.readList(row.phases, Phase.class),
                        row.bytes));
    }

    private static Optional<Measured> measured(
            String what, @Nullable Instant at, @Nullable List<Phase> phases, @Nullable Long bytes) {
        return at == null || phases == null || bytes == null || bytes <= 0
                ? Optional.empty()
                : Optional.of(new Measured(what, at, phases, bytes));
    }
}
