package io.holdfast.events.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Hold a backup, so that it stays whatever its policy says; or release a hold.
 *
 * @param target      whose backup
 * @param repository  where it lies
 * @param backupId    which
 * @param hold        tells holds of a backup apart: at most 63 ASCII letters, digits, {@code . _ -}, not beginning with a dot
 * @param release     whether the hold is to be released
 * @param reason      why, for people
 * @param requestedBy who asks, for people
 */
public record HoldRequested(
        TargetId target,
        RepositoryId repository,
        BackupId backupId,
        String hold,
        boolean release,
        @Nullable String reason,
        @Nullable String requestedBy)
        implements RetentionRequest {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}");

    public HoldRequested {
        if (!NAME.matcher(hold).matches()) {
            throw new IllegalArgumentException("not the name of a hold. HINT: use 1 to 63 letters, digits, '.', '_' or"
                    + " '-', not beginning with a dot.");
        }
    }
}
