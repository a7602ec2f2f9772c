package io.holdfast.restore.request;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.replay.StandbyWal;
import io.holdfast.restore.standby.Standby;
import io.holdfast.restore.standby.StandbyLogs;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.repository.DefinedRepositories;
import jakarta.inject.Singleton;

/** The logs of standbys, in the repositories as they are defined. */
@Singleton
class DefinedStandbyLogs implements StandbyLogs {
    private final Definitions definitions;
    private final DefinedRepositories repositories;

    DefinedStandbyLogs(Definitions definitions, DefinedRepositories repositories) {
        this.definitions = definitions;
        this.repositories = repositories;
    }

    /** The log of a place of a repository that is open. */
    static StandbyWal of(
            Repository repository, TargetName target, Place place, int segmentSize, boolean encryptedOnly) {
        StoredWal wal = repository.storedWal(target, place);
        return new StandbyWal(encryptedOnly ? wal.sealedOnly() : wal, segmentSize, repository::requirePresent);
    }

    @Override
    public Opened open(Standby standby) throws RepositoryException, RestoreException, InterruptedException {
        definitions.awaitCaughtUp();
        RepositoryDefined defined = definitions
                .repository(new RepositoryId(standby.repository()))
                .orElseThrow(() -> new RestoreException(
                        FailureCategory.CONFIGURATION,
                        "repository " + standby.repository() + " that the standby follows is not defined.",
                        "define it in holdfast.yaml again, or promote the standby."));
        Repository repository = repositories.openToRestore(defined);
        return new Opened(
                of(
                        repository,
                        new TargetName(standby.target()),
                        new Place(standby.place()),
                        standby.segmentSize(),
                        standby.encryptedOnly()),
                repository::close);
    }
}
