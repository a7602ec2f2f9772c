package io.holdfast.restore.report;

import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.verification.Damage;
import io.holdfast.restore.check.ClusterChecks;
import io.holdfast.restore.check.DatabaseLook;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What somebody should know of a restore that is done before relying on it: found among what is told anyway. Pure. */
public final class Warnings {
    private static final String HOOK = "hook ";
    private static final String WELL = "exit code 0";

    private Warnings() {}

    /**
     * The warnings, in words.
     *
     * @param missing with damage accepted: what could not be restored
     * @param overwritten whether it went over a cluster of which nothing is kept
     */
    public static List<String> of(List<CheckResult> checks, @Nullable List<Damage> missing, boolean overwritten) {
        List<String> warnings = new ArrayList<>();
        if (missing != null && !missing.isEmpty()) {
            warnings.add(
                    missing.size() + " damaged parts of the backup could not be restored; where they were are zeros");
        }
        for (CheckResult each : checks) {
            String value = Objects.requireNonNullElse(each.value(), "");
            if (isHook(each) && !value.startsWith(WELL)) {
                warnings.add("the " + each.name() + " failed: " + value);
            } else if (each.name().equals(DatabaseLook.MISSING_EXTENSIONS)) {
                warnings.add("database " + each.database() + " has extensions whose files this host lacks: " + value);
            } else if (each.name().equals(ClusterChecks.HALF_DROPPED)) {
                warnings.add("database " + each.database() + " was being dropped when the backup ended: drop it");
            }
        }
        if (overwritten) {
            warnings.add("the cluster that lay there was restored over, and nothing of it is kept");
        }
        return warnings;
    }

    static boolean isHook(CheckResult check) {
        return check.name().startsWith(HOOK) && check.database() == null;
    }
}
