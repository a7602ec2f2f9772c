package io.holdfast.restore.breakglass;

import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.runtime.repository.CompletedBackup;
import java.util.Locale;
import java.util.function.Consumer;

/** Says of each backup in a repository what its maker once said, from its manifest alone. */
final class StoredOutcomes {
    private final Repository repository;
    private final RepositoryId name;

    StoredOutcomes(Repository repository, RepositoryId name) {
        this.repository = repository;
        this.name = name;
    }

    /**
     * Says all.
     *
     * @param unreadable is told what cannot be read, and why
     */
    void forEach(Consumer<BackupCompleted> each, Consumer<String> unreadable) throws RepositoryException {
        for (TargetName target : repository.targets()) {
            for (Place at : repository.places(target)) {
                TargetPlace place = repository.at(target, at);
                for (BackupId backup : place.listManifests()) {
                    try {
                        place.manifest(backup).map(this::outcome).ifPresent(each);
                    } catch (RepositoryException.Damaged
                            | RepositoryException.Denied
                            | RepositoryException.Unusable
                            | IllegalArgumentException e) {
                        unreadable.accept(backup + ": " + e.getMessage());
                    }
                }
            }
        }
    }

    private BackupCompleted outcome(BackupManifest manifest) {
        BackupKind kind = BackupKind.of(manifest.details().kind().name().toLowerCase(Locale.ROOT));
        return new CompletedBackup(kind, name, "found in the repository", null).of(manifest);
    }
}
