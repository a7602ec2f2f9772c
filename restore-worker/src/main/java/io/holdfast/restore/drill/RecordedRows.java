package io.holdfast.restore.drill;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.drill.DrillCandidates.Candidate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What earlier drills counted at the very same point of the log of the same backup: whoever comes there again has to find
 * just as many rows.
 */
final class RecordedRows {
    private static final int MOST_REPORTS = 50;
    private static final String NAME = "rows as in earlier drills";

    private RecordedRows() {}

    /** @param reached where recovery ended, {@code 1 0/3000060}; absent: the backup's end */
    static List<DrillCheck> compare(
            Repository repository, Candidate candidate, @Nullable String reached, List<CountedTable> counted)
            throws RepositoryException {
        Map<String, Long> now = new HashMap<>();
        counted.forEach(each -> now.put(key(each.database(), each.table()), each.rows()));
        List<DrillCheck> found = new ArrayList<>();
        int compared = 0;
        for (byte[] each : repository
                .drillReports(candidate.place().target(), candidate.place().place())
                .of(candidate.backup(), MOST_REPORTS)) {
            DrillReport report;
            try {
                report = DrillReport.read(each);
            } catch (JsonProcessingException e) {
                found.add(Findings.skipped(NAME, "an earlier report cannot be read: " + e.getOriginalMessage()));
                continue;
            }
            if (!report.isOf(reached)) {
                continue;
            }
            for (CountedTable then : report.rows()) {
                Long rows = now.get(key(then.database(), then.table()));
                compared++;
                if (rows == null || rows != then.rows()) {
                    found.add(Findings.failed(
                            "rows of " + then.table(),
                            then.database(),
                            (rows == null ? "the table is not there" : rows.toString()) + "; drill " + report.drill()
                                    + " counted " + then.rows() + " at the same point",
                            DrillReason.ROW_COUNT));
                }
            }
        }
        if (compared == 0) {
            found.add(Findings.skipped(NAME, "no earlier drill came to the same point of this backup"));
        } else if (found.isEmpty()) {
            found.add(Findings.passed(NAME, null, compared + " counts agree"));
        }
        return found;
    }

    private static String key(String database, String table) {
        return database + "\0" + table;
    }
}
