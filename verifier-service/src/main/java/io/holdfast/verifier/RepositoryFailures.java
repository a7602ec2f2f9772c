package io.holdfast.verifier;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;

/** What a failing repository is called in events. Pure. */
public final class RepositoryFailures {

    private RepositoryFailures() {}

    /** The category that a repository's failure has, with its words. */
    public static Failure of(RepositoryException e) {
        FailureCategory category = switch (e) {
            case RepositoryException.NotFound found -> FailureCategory.BACKUP_NOT_FOUND;
            case RepositoryException.Full full -> FailureCategory.REPOSITORY_FULL;
            case RepositoryException.Denied denied -> FailureCategory.PERMISSION;
            case RepositoryException.Unavailable unavailable -> FailureCategory.REPOSITORY_UNAVAILABLE;
            case RepositoryException.Damaged damaged -> FailureCategory.REPOSITORY_DAMAGED;
            case RepositoryException.Conflict conflict -> FailureCategory.REPOSITORY_DAMAGED;
            case RepositoryException.Unusable unusable -> FailureCategory.CONFIGURATION;
        };
        return new Failure(category, e.what(), e.hint());
    }
}
