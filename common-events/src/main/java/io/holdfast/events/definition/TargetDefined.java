package io.holdfast.events.definition;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;

/**
 * A target: what is backed up and where to.
 *
 * @param postgres   the PostgreSQL cluster
 * @param repository where its backups go
 */
public record TargetDefined(TargetId target, long revision, PostgresServer postgres, RepositoryId repository)
        implements Definition {

    @Override
    public String subject() {
        return subjectOf(target);
    }

    public static String subjectOf(TargetId target) {
        return "target/" + target;
    }
}
