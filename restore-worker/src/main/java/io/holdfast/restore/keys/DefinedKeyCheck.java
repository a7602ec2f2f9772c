package io.holdfast.restore.keys;

import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.key.BackupKeys;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.repository.GivenKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tries what a definition names to restore with on every backup of the repository: all together, as restores do, and each
 * by itself. Something that is sealed with each key is opened; little of each backup is read, and nothing is written.
 */
final class DefinedKeyCheck {
    private final DefinedRepositories repositories;

    DefinedKeyCheck(DefinedRepositories repositories) {
        this.repositories = repositories;
    }

    KeyFindings of(RepositoryDefined defined) throws RepositoryException {
        List<GivenKey> given = repositories.keysGiven(defined);
        String problem = "";
        Repository opened;
        try {
            opened = repositories.openToRestore(defined);
        } catch (RepositoryException.Unusable e) {
            // A repository that cannot be read without keys either says so here.
            opened = Repository.open(repositories.connect(defined), RepositoryKeys.none());
            problem = e.what();
        }
        List<KeyFindings.Backup> backups = new ArrayList<>();
        try (Repository together = opened) {
            for (TargetName target : together.targets()) {
                for (Place place : together.places(target)) {
                    Map<BackupId, List<String>> openedBy = alone(together, target, place, given);
                    for (BackupKeys backup : together.checkKeys(target, place)) {
                        backups.add(backup(target, place, backup, openedBy.getOrDefault(backup.backup(), List.of())));
                    }
                }
            }
        }
        return new KeyFindings(
                defined.repository().value(),
                problem,
                given.stream()
                        .map(each -> new KeyFindings.Given(each.name(), each.problem()))
                        .toList(),
                backups);
    }

    private static Map<BackupId, List<String>> alone(
            Repository repository, TargetName target, Place place, List<GivenKey> given) throws RepositoryException {
        Map<BackupId, List<String>> openedBy = new HashMap<>();
        for (GivenKey each : given) {
            if (each.keys().isPresent()) {
                // Not closed: its store is the other one's.
                Repository alone =
                        Repository.open(repository.store(), each.keys().get());
                for (BackupKeys backup : alone.checkKeys(target, place)) {
                    if (backup.isEncrypted() && backup.isReadable()) {
                        openedBy.computeIfAbsent(backup.backup(), id -> new ArrayList<>())
                                .add(each.name());
                    }
                }
            }
        }
        return openedBy;
    }

    private static KeyFindings.Backup backup(TargetName target, Place place, BackupKeys backup, List<String> openedBy) {
        return new KeyFindings.Backup(
                target.value(),
                place.value(),
                backup.backup().value(),
                backup.isEncrypted(),
                backup.isReadable(),
                openedBy,
                backup.problem(),
                backup.keys().stream()
                        .map(key -> new KeyFindings.Key(
                                key.key().hex(),
                                key.use().name().toLowerCase(Locale.ROOT),
                                key.recipients(),
                                key.opens(),
                                key.detail()))
                        .toList());
    }
}
