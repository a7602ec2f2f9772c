package io.holdfast.restore.breakglass;

import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupManifest;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Says of each backup in a repository what its maker once said, from its manifest alone. */
final class StoredOutcomes {
    // An event has a limited length; the manifest has them all.
    private static final int MOST_DATABASES = 1000;
    private static final int NEW_NUMBERS = 100_000;

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
                    } catch (RepositoryException.Damaged | RepositoryException.Denied | IllegalArgumentException e) {
                        unreadable.accept(backup + ": " + e.getMessage());
                    }
                }
            }
        }
    }

    private BackupCompleted outcome(BackupManifest manifest) {
        BackupDetails details = manifest.details();
        BackupContent.@Nullable Physical physical =
                details.content() instanceof BackupContent.Physical files ? files : null;
        return new BackupCompleted(
                io.holdfast.events.BackupId.of(manifest.backup().value()),
                new TargetId(manifest.target().value()),
                BackupKind.of(details.kind().name().toLowerCase(Locale.ROOT)),
                name,
                new PlaceLayout(manifest.target(), manifest.place())
                        .manifest(manifest.backup())
                        .value(),
                manifest.sizes().bytes(),
                manifest.sizes().storedBytes(),
                details.startedAt(),
                details.finishedAt(),
                physical == null ? null : physical.wal().timeline(),
                physical == null ? null : physical.wal().startLsn().toString(),
                physical == null ? null : physical.wal().stopLsn().toString(),
                physical == null ? null : physical.systemIdentifier(),
                version(details.content()),
                databases(details.content()),
                details.parent()
                        .map(parent -> io.holdfast.events.BackupId.of(parent.value()))
                        .orElse(null),
                details.labels().get(BackupDetails.METHOD_LABEL),
                null,
                null,
                "found in the repository",
                null,
                manifest.isSealed());
    }

    private static String version(BackupContent content) {
        int number = switch (content) {
            case BackupContent.Physical physical -> physical.serverVersion();
            case BackupContent.Logical logical -> logical.serverVersion();
        };
        return number >= NEW_NUMBERS
                ? number / 10_000 + "." + number % 10_000
                : number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
    }

    private static @Nullable List<String> databases(BackupContent content) {
        return switch (content) {
            case BackupContent.Physical physical -> null;
            case BackupContent.Logical logical ->
                logical.databases().size() > MOST_DATABASES
                        ? null
                        : logical.databases().stream().map(DumpedDatabase::name).toList();
        };
    }
}
