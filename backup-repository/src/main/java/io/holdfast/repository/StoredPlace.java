package io.holdfast.repository;

import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.read.StoredBackupReader;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.sweep.Intents;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.wal.StoredWalArchive;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.PipelinedBackupWriter;
import io.holdfast.repository.write.WriterOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A place as it lies in a store. */
record StoredPlace(ObjectStore store, PlaceLayout layout, UUID repositoryId, PlaceKeys keys) implements TargetPlace {
    @Override
    public TargetName target() {
        return layout.target();
    }

    @Override
    public Place place() {
        return layout.place();
    }

    @Override
    public BackupWriter beginBackup(BackupId backup, AttemptId attempt, WriterOptions options)
            throws RepositoryException {
        intents().declare(backup, attempt);
        return PipelinedBackupWriter.begin(store, layout, backup, attempt, pageHashSeed(), keys, options);
    }

    @Override
    public BackupWriter beginIncremental(
            BackupId backup, AttemptId attempt, BackupManifest parent, WriterOptions options)
            throws RepositoryException {
        if (!parent.target().equals(target()) || !parent.place().equals(place())) {
            throw new IllegalArgumentException("The backup " + parent.backup() + " belongs to " + parent.target() + "/"
                    + parent.place() + ", not to " + layout.prefix());
        }
        intents().declare(backup, attempt, parent.backup());
        return PipelinedBackupWriter.beginIncremental(store, layout, backup, attempt, parent, keys, options);
    }

    /** The same for all full backups of a place, different elsewhere: hashes of one place say nothing about another. */
    private long pageHashSeed() {
        byte[] digest =
                Sha256.digest().digest((repositoryId + "/" + layout.prefix()).getBytes(StandardCharsets.US_ASCII));
        return ByteBuffer.wrap(digest).getLong();
    }

    @Override
    public Optional<BackupManifest> giveUp(BackupId backup, AttemptId attempt, String reason)
            throws RepositoryException {
        return committed(manifests().putIfAbsent(backup, new ManifestObject.Aborted(backup, attempt, reason)));
    }

    @Override
    public List<BackupId> listManifests() throws RepositoryException {
        List<BackupId> found = manifests().list();
        // Tombstones are looked for afterwards: what is deleted meanwhile is not listed either.
        Set<BackupId> deleted = tombstones().list();
        return found.stream().filter(backup -> !deleted.contains(backup)).toList();
    }

    @Override
    public Optional<BackupManifest> manifest(BackupId backup) throws RepositoryException {
        try {
            Optional<BackupManifest> found = committed(manifests().get(backup));
            return found.isPresent() && tombstones().has(backup) ? Optional.empty() : found;
        } catch (RepositoryException.NotFound e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<BackupManifest> durableManifest(BackupId backup) throws RepositoryException {
        try {
            return committed(manifests().getDurable(backup));
        } catch (RepositoryException.NotFound e) {
            return Optional.empty();
        }
    }

    @Override
    public BackupReader read(BackupId backup) throws RepositoryException {
        BackupManifest manifest = manifest(backup)
                .orElseThrow(() -> new RepositoryException.NotFound(
                        "There is no backup " + backup + " of " + layout.target() + " in " + store.describe() + ".",
                        "list the backups of this target, and check that the repository is the right one."));
        return StoredBackupReader.of(store, layout, keys, manifest);
    }

    @Override
    public StoredWindow window() {
        return StoredWindow.of(store, layout, keys);
    }

    @Override
    public WalArchive wal(Path workDirectory) {
        return StoredWalArchive.of(store, layout, keys, workDirectory);
    }

    private Intents intents() {
        return new Intents(store, layout);
    }

    private Tombstones tombstones() {
        return new Tombstones(store, layout);
    }

    private Manifests manifests() {
        return new Manifests(store, layout, keys);
    }

    private static Optional<BackupManifest> committed(ManifestObject found) {
        return switch (found) {
            case ManifestObject.Committed(BackupManifest manifest) -> Optional.of(manifest);
            case ManifestObject.Aborted aborted -> Optional.empty();
        };
    }
}
