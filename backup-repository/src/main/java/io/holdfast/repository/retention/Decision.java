package io.holdfast.repository.retention;

import java.util.List;

/**
 * What becomes of a backup.
 *
 * @param reasons why, at least one; all rules that keep it, if it stays
 */
public record Decision(KnownBackup backup, Verdict verdict, List<Reason> reasons) {
    public Decision {
        reasons = List.copyOf(reasons);
    }

    /** What becomes of it. */
    public enum Verdict {
        /** It stays. */
        KEEP,
        /** No rule keeps it, but something else does for now. */
        WAIT,
        /** It goes. */
        REMOVE
    }
}
