package io.holdfast.backup.job;

import io.holdfast.events.EventIds;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.repository.DefinedRepositories;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Which repository was seen under a name and an address. A disk that is not mounted leaves an empty folder behind; a
 * repository that was seen once is therefore never made anew, else backups would go to the wrong disk unnoticed. Thread
 * safe.
 */
public final class KnownRepositories {
    private static final String HINT = "check that the right disk is mounted there. If the repository was replaced on"
            + " purpose, give it another name or url in holdfast.yaml.";

    private final DefinedRepositories repositories;
    private final DataSource database;
    private final EventIds ids;
    private final Clock clock;

    KnownRepositories(DefinedRepositories repositories, DataSource database, EventIds ids, Clock clock) {
        this.repositories = repositories;
        this.database = database;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Opens a repository; makes it if it has not been seen under its name and address before. Waits while the database
     * is away.
     *
     * @throws RepositoryException.Unavailable if it was seen and is not there, or another one is there
     */
    public Repository open(RepositoryDefined defined) throws RepositoryException, InterruptedException {
        RepositoryKeys keys = repositories.keysToWrite(defined);
        ObjectStore store = repositories.connect(defined);
        String what = "the identifier of the repository " + defined.repository();
        Optional<UUID> known = Persistence.untilDone(what, () -> find(defined));
        if (known.isPresent()) {
            Repository found = Repository.find(store, keys).orElseThrow(() -> missing(defined, store, known.get()));
            return same(defined, found, known.get());
        }
        Repository opened = Repository.openOrInitialise(store, ids.next().asUuid(), keys);
        return same(defined, opened, Persistence.untilDone(what, () -> remember(defined, opened.id())));
    }

    private static Repository same(RepositoryDefined defined, Repository found, UUID known) throws RepositoryException {
        if (found.id().equals(known)) {
            return found;
        }
        try (found) {
            throw new RepositoryException.Unavailable(
                    "Another repository is in " + found.store().describe() + ": \"" + defined.repository() + "\" was "
                            + known + " there before, now it is " + found.id() + ".",
                    HINT,
                    null);
        }
    }

    private static RepositoryException missing(RepositoryDefined defined, ObjectStore store, UUID known) {
        return new RepositoryException.Unavailable(
                "There is no repository in " + store.describe() + " any more: \"" + defined.repository() + "\" was "
                        + known + " there before.",
                HINT,
                null);
    }

    private Optional<UUID> find(RepositoryDefined defined) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return find(connection, defined);
        }
    }

    private static Optional<UUID> find(Connection connection, RepositoryDefined defined) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select repository_id from known_repository where repository = ? and url = ?")) {
            select.setString(1, defined.repository().value());
            select.setString(2, defined.url());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getObject(1, UUID.class)) : Optional.empty();
            }
        }
    }

    /** Writes down what was seen, unless another worker was faster; what is written down then counts. */
    private UUID remember(RepositoryDefined defined, UUID seen) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into known_repository (repository, url, repository_id, first_seen) values (?, ?, ?, ?)
                    on conflict do nothing""")) {
                insert.setString(1, defined.repository().value());
                insert.setString(2, defined.url());
                insert.setObject(3, seen);
                insert.setTimestamp(4, Timestamp.from(clock.instant()));
                insert.executeUpdate();
            }
            return find(connection, defined).orElse(seen);
        }
    }
}
