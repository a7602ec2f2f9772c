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
 * @param wal        how its log is archived; absent: only what base backups need
 */
public record TargetDefined(
        TargetId target,
        long revision,
        PostgresServer postgres,
        RepositoryId repository,
        @Nullable LogicalDumps logical,
        @Nullable WalArchiving wal)
        implements Definition {

    /** A target whose logical backups hold everything, and whose log is not archived. */
    public TargetDefined(TargetId target, long revision, PostgresServer postgres, RepositoryId repository) {
        this(target, revision, postgres, repository, null, null);
    }

    /** The same with another revision. */
    public TargetDefined withRevision(long other) {
        return new TargetDefined(target, other, postgres, repository, logical, wal);
    }

    /** Whether a worker receives the log from the server as it is written. */
    public boolean streamsWal() {
        return wal != null && wal.stream();
    }

    @Override
    public String subject() {
        return subjectOf(target);
    }

    public static String subjectOf(TargetId target) {
        return "target/" + target;
    }
}
