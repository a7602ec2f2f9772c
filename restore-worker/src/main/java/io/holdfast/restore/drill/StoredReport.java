package io.holdfast.restore.drill;

import io.holdfast.events.drill.DrillCheck;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.restore.drill.DrillCandidates.Candidate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the report of a drill and stores it beside the backup. */
record StoredReport(
        DrillOrder order, Candidate candidate, @Nullable String point, List<CountedTable> counted) {
    private static final System.Logger LOG = System.getLogger(StoredReport.class.getName());

    /**
     * Stores it.
     *
     * @return where; nothing if that cannot be done: that a drill's report cannot be kept says nothing against the backup
     */
    @Nullable
    String put(DrillResult result) {
        DrillReport report = report(result);
        try {
            return order.repository()
                    .drillReports(candidate.place().target(), candidate.place().place())
                    .put(
                            candidate.backup(),
                            // An earlier attempt may have stored another one, and nothing is ever replaced.
                            order.drill() + (order.attempt() == 1 ? "" : "-" + order.attempt()),
                            ReportPage.of(report).getBytes(StandardCharsets.UTF_8),
                            report.write());
        } catch (RepositoryException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "the report of drill " + order.drill() + " is not stored", e);
            return null;
        }
    }

    private DrillReport report(DrillResult result) {
        DrillResult.Trouble trouble = result.trouble();
        boolean named = mayName(candidate.manifest());
        return new DrillReport(
                1,
                order.drill().toString(),
                order.request().target().value(),
                order.request().repository().value(),
                order.request().site().value(),
                candidate.backup().value(),
                result.moment(),
                order.request().seed(),
                order.requestedAt(),
                result.startedAt(),
                result.finishedAt(),
                trouble == null,
                trouble == null ? null : trouble.reason(),
                trouble == null || !named ? null : trouble.failure(),
                result.measures(),
                point,
                named
                        ? result.checks()
                        : result.checks().stream()
                                .map(StoredReport::withoutNames)
                                .toList(),
                named ? counted : List.of());
    }

    /** Reports are not encrypted: of a backup that is, they name nothing that is in it. */
    private static boolean mayName(BackupManifest manifest) {
        return !manifest.isSealed();
    }

    private static DrillCheck withoutNames(DrillCheck check) {
        String kind =
                check.reason() == null ? "check" : check.reason().wireName().replace('_', ' ');
        return new DrillCheck(kind, null, check.passed(), null, check.reason());
    }
}
