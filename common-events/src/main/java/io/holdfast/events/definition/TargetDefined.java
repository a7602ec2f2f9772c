package io.holdfast.events.definition;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import org.jspecify.annotations.Nullable;

/**
 * A target: what is backed up and where to.
 *
 * @param postgres   the PostgreSQL cluster
 * @param repository where its backups go
 * @param logical    what its logical backups hold; absent: everything
 */
public record TargetDefined(
        TargetId target,
        long revision,
        PostgresServer postgres,
        RepositoryId repository,
        @Nullable LogicalDumps logical)
        implements Definition {

    /** A target whose logical backups hold everything. */
    public TargetDefined(TargetId target, long revision, PostgresServer postgres, RepositoryId repository) {
        this(target, revision, postgres, repository, null);
    }

    /** The same with another revision. */
    public TargetDefined withRevision(long other) {
        return new TargetDefined(target, other, postgres, repository, logical);
    }

    @Override
    public String subject() {
        return subjectOf(target);
    }

    public static String subjectOf(TargetId target) {
        return "target/" + target;
    }
}
