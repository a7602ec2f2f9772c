package io.holdfast.restore;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.Damage;
import io.holdfast.repository.RepositoryException;
import java.util.List;

/** Says in the words of the event contract what the repository says in its own. */
public final class RepositoryFailures {
    /** An event is at most 256 KiB long. */
    private static final int MOST_DAMAGES = 300;

    private RepositoryFailures() {}

    /** Why reading failed. */
    public static RestoreException of(RepositoryException e) {
        FailureCategory category = switch (e) {
            case RepositoryException.NotFound missing -> FailureCategory.BACKUP_NOT_FOUND;
            case RepositoryException.Full full -> FailureCategory.DESTINATION;
            case RepositoryException.Denied denied -> FailureCategory.PERMISSION;
            case RepositoryException.Unavailable away -> FailureCategory.REPOSITORY_UNAVAILABLE;
            case RepositoryException.Damaged damaged -> FailureCategory.REPOSITORY_DAMAGED;
            case RepositoryException.Conflict conflict -> FailureCategory.REPOSITORY_DAMAGED;
            case RepositoryException.Unusable unusable -> FailureCategory.CONFIGURATION;
        };
        return new RestoreException(new Failure(category, e.what(), e.hint()), damages(e), e);
    }

    private static List<Damage> damages(RepositoryException e) {
        return e instanceof RepositoryException.Damaged damaged
                ? damages(damaged.damage().stream().toList())
                : List.of();
    }

    /** One damage as many as the files it concerns, so that each can be named; at most 300. */
    public static List<Damage> damages(List<io.holdfast.repository.content.Damage> found) {
        return found.stream()
                .flatMap(each -> damages(each).stream())
                .limit(MOST_DAMAGES)
                .toList();
    }

    private static List<Damage> damages(io.holdfast.repository.content.Damage found) {
        String what = found.pages().map(range -> range + ": ").orElse("") + found.detail();
        if (found.files().isEmpty()) {
            return List.of(new Damage(found.object().value(), null, what));
        }
        return found.files().stream()
                .map(file -> new Damage(found.object().value(), file.value(), what))
                .toList();
    }
}
