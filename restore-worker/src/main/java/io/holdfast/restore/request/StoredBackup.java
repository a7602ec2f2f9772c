package io.holdfast.restore.request;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.runtime.repository.DefinedRepositories;

/**
 * A backup that a request names, found in its repository.
 *
 * @param encryptedOnly whether it must be encrypted
 */
record StoredBackup(
        Repository repository, TargetName target, Place at, TargetPlace place, BackupId id, boolean encryptedOnly)
        implements AutoCloseable {

    /**
     * What is stored of the cluster's history.
     *
     * @throws IllegalStateException if the backup is not of a cluster's files
     */
    StoredWindow window() {
        return repository.window(target, at);
    }

    /** Opens the repository as it is defined and finds the backup in one of the target's places. */
    static StoredBackup open(Definitions definitions, DefinedRepositories repositories, RestoreRequested request)
            throws RestoreException {
        RepositoryDefined defined = definitions
                .repository(request.repository())
                .orElseThrow(() -> new RestoreException(
                        FailureCategory.CONFIGURATION,
                        "repository " + request.repository() + " is not defined.",
                        "define it in holdfast.yaml, or ask with a repository that is."));
        Repository repository = null;
        try {
            repository = repositories.openToRestore(defined);
            boolean encryptedOnly = defined.encryption() != null && !Boolean.TRUE.equals(request.acceptUnencrypted());
            StoredBackup found = find(repository, request, encryptedOnly);
            repository = null;
            return found;
        } catch (RepositoryException e) {
            throw RepositoryFailures.of(e);
        } finally {
            close(repository);
        }
    }

    private static StoredBackup find(Repository repository, RestoreRequested request, boolean encryptedOnly)
            throws RepositoryException, RestoreException {
        TargetName target = new TargetName(request.target().value());
        BackupId id = new BackupId(request.backupId().toString());
        for (Place each : repository.places(target)) {
            TargetPlace place = repository.at(target, each);
            if (place.listManifests().contains(id)) {
                return new StoredBackup(repository, target, each, place, id, encryptedOnly);
            }
        }
        throw new RestoreException(
                FailureCategory.BACKUP_NOT_FOUND,
                "repository " + request.repository() + " holds no backup " + id + " of " + target + ".",
                "holdfast list shows what there is.");
    }

    private static void close(@org.jspecify.annotations.Nullable Repository repository) throws RestoreException {
        if (repository != null) {
            try {
                repository.close();
            } catch (RepositoryException e) {
                throw RepositoryFailures.of(e);
            }
        }
    }

    @Override
    public void close() throws RestoreException {
        close(repository);
    }
}
