package io.holdfast.events.definition;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A target: what is backed up and where to.
 *
 * @param postgres     the PostgreSQL cluster
 * @param repository   where its backups go when a request names none
 * @param logical      what its logical backups hold; absent: everything
 * @param wal          how its log is archived; absent: only what base backups need
 * @param repositories every repository where its backups may go, {@code repository} first; absent: that one alone
 * @param retention    what is promised to stay, for each repository where that is said; absent: everything stays everywhere
 */
public record TargetDefined(
        TargetId target,
        long revision,
        PostgresServer postgres,
        RepositoryId repository,
        @Nullable LogicalDumps logical,
        @Nullable WalArchiving wal,
        @Nullable List<RepositoryId> repositories,
        @Nullable List<RetentionRules> retention)
        implements Definition {

    public TargetDefined {
        retention = retention == null ? null : List.copyOf(retention);
        if (repositories != null) {
            repositories = List.copyOf(repositories);
            if (repositories.isEmpty() || !repositories.getFirst().equals(repository)) {
                throw new IllegalArgumentException("repositories have to begin with repository");
            }
        }
    }

    /** A target of one repository whose logical backups hold everything, and whose log is not archived. */
    public TargetDefined(TargetId target, long revision, PostgresServer postgres, RepositoryId repository) {
        this(target, revision, postgres, repository, null, null, null, null);
    }

    /** A target of one repository. */
    public TargetDefined(
            TargetId target,
            long revision,
            PostgresServer postgres,
            RepositoryId repository,
            @Nullable LogicalDumps logical,
            @Nullable WalArchiving wal) {
        this(target, revision, postgres, repository, logical, wal, null, null);
    }

    /** A target whose backups all stay. */
    public TargetDefined(
            TargetId target,
            long revision,
            PostgresServer postgres,
            RepositoryId repository,
            @Nullable LogicalDumps logical,
            @Nullable WalArchiving wal,
            @Nullable List<RepositoryId> repositories) {
        this(target, revision, postgres, repository, logical, wal, repositories, null);
    }

    /** The same with another revision. */
    public TargetDefined withRevision(long other) {
        return new TargetDefined(target, other, postgres, repository, logical, wal, repositories, retention);
    }

    /** Whether a worker receives the log from the server as it is written. */
    public boolean streamsWal() {
        return wal != null && wal.stream();
    }

    /** What is promised to stay in a repository; empty if nobody said: everything stays. */
    public Optional<RetentionRules> retentionIn(RepositoryId where) {
        return retention == null
                ? Optional.empty()
                : retention.stream()
                        .filter(rules -> rules.repository().equals(where))
                        .findFirst();
    }

    /** Every repository where its backups may go, the one that is meant where none is named first; never empty. */
    public List<RepositoryId> allRepositories() {
        return repositories == null ? List.of(repository) : repositories;
    }

    @Override
    public String subject() {
        return subjectOf(target);
    }

    public static String subjectOf(TargetId target) {
        return "target/" + target;
    }
}
