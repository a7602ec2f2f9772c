package io.holdfast.backup.job;

import io.holdfast.events.TargetId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.store.FileObjectStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What lies in a repository, seen from outside of the service. */
final class StoredBackup {
    private StoredBackup() {}

    /** The manifests of all backups of a target. */
    static List<BackupManifest> all(Path repository, TargetId target) throws RepositoryException {
        List<BackupManifest> manifests = new ArrayList<>();
        if (!Files.exists(repository.resolve("holdfast-repository.json"))) {
            return manifests;
        }
        try (Repository opened = Repository.open(FileObjectStore.at(repository))) {
            TargetName name = new TargetName(target.value());
            for (Place place : opened.places(name)) {
                TargetPlace at = opened.at(name, place);
                for (BackupId id : at.listManifests()) {
                    Optional<BackupManifest> manifest = at.manifest(id);
                    manifest.ifPresent(manifests::add);
                }
            }
        }
        return manifests;
    }
}
