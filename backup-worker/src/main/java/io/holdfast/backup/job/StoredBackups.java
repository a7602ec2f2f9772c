package io.holdfast.backup.job;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupManifest;
import java.util.List;
import java.util.Optional;

/** A repository as one job sees it. For one thread. */
final class StoredBackups implements AutoCloseable {
    private final Repository repository;
    private final BackupWork work;

    private StoredBackups(Repository repository, BackupWork work) {
        this.repository = repository;
        this.work = work;
    }

    /** Opens the job's repository; the first backup makes it. */
    static StoredBackups open(BackupWork work, KnownRepositories known)
            throws RepositoryException, InterruptedException {
        return new StoredBackups(known.open(work.repository()), work);
    }

    /** One of the target's places. */
    TargetPlace at(Place place) {
        return repository.at(work.storedTarget(), place);
    }

    /** The manifest of the job's backup, by whichever attempt it was completed; durable, so that it can be told. */
    Optional<BackupManifest> manifest() throws RepositoryException {
        for (TargetPlace place : possiblePlaces()) {
            Optional<BackupManifest> found = place.durableManifest(work.storedId());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * Sees to it that no attempt completes the job's backup any more. To be called by the job's owner: the place of a
     * cluster that had no backup before is not known here, but an attempt that stored something there after this makes
     * sure that the job is still its own before it commits.
     *
     * @return the manifest, if one had completed it before
     */
    Optional<BackupManifest> giveUp(AttemptId attempt, String reason) throws RepositoryException {
        for (TargetPlace place : possiblePlaces()) {
            Optional<BackupManifest> completed = place.giveUp(work.storedId(), attempt, reason);
            if (completed.isPresent()) {
                return completed;
            }
        }
        return Optional.empty();
    }

    // A physical backup lies under the cluster's identifier, which is not known before the server has been asked.
    private List<TargetPlace> possiblePlaces() throws RepositoryException {
        return switch (work.request().kind()) {
            case LOGICAL -> List.of(at(Place.LOGICAL));
            case FULL, INCREMENTAL ->
                repository.places(work.storedTarget()).stream()
                        .filter(place -> !place.equals(Place.LOGICAL))
                        .map(this::at)
                        .toList();
        };
    }

    @Override
    public void close() throws RepositoryException {
        repository.close();
    }
}
