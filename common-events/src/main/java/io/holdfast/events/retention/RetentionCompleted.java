package io.holdfast.events.retention;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The retention role looked at a target's backups in a repository, and did what its policy says; or only said it.
 *
 * @param dryRun           whether nothing was changed
 * @param kept             how many backups stay
 * @param waiting          how many no rule keeps, but something else does for now
 * @param removed          how many go: in a dry run would go
 * @param awaitingApproval how many of those that wait need somebody's consent
 * @param decisions        what becomes of each: first those that go, then those that wait, then those that stay, each the
 *                         oldest first
 * @param leftOut          how many decisions there was no room for; absent: none
 * @param objects          how many objects of backups were removed
 * @param logObjects       how many objects of the log and its times were removed
 * @param locked           how many objects that are not needed any more the store does not let go yet
 * @param notes            what people should know, such as objects that could not be removed; absent: nothing
 */
public record RetentionCompleted(
        TargetId target,
        RepositoryId repository,
        boolean dryRun,
        int kept,
        int waiting,
        int removed,
        int awaitingApproval,
        List<JudgedBackup> decisions,
        @Nullable Integer leftOut,
        long objects,
        long logObjects,
        long locked,
        @Nullable List<String> notes,
        Instant startedAt,
        Instant finishedAt)
        implements RetentionEvent {

    public RetentionCompleted {
        decisions = List.copyOf(decisions);
        notes = notes == null ? null : List.copyOf(notes);
    }
}
