package io.holdfast.backup.base;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.WriterOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A place whose backups are plain files: {@code data} as restored, {@code attached}, {@code wal}. Holds one backup. */
final class DirectoryPlace implements TargetPlace {
    private final Path root;
    private final DirectoryBackupWriter writer;
    private @Nullable Error walFault;

    DirectoryPlace(Path root) {
        this.root = root;
        this.writer = new DirectoryBackupWriter(root);
    }

    Path data() {
        return root.resolve("data");
    }

    Path attached(String name) {
        return root.resolve("attached").resolve(name);
    }

    Path walFolder() {
        return root.resolve("wal");
    }

    /** Makes the log's archive throw an error. */
    void failWalWith(Error fault) {
        walFault = fault;
    }

    boolean isCommitted() {
        return writer.isCommitted();
    }

    @Override
    public TargetName target() {
        return new TargetName("orders");
    }

    @Override
    public Place place() {
        return new Place("cluster");
    }

    @Override
    public BackupWriter beginBackup(BackupId backup, AttemptId attempt, WriterOptions options) {
        return writer;
    }

    @Override
    public BackupWriter beginIncremental(
            BackupId backup, AttemptId attempt, BackupManifest parent, WriterOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public WalArchive wal(Path workDirectory) {
        return new DirectoryWalArchive(walFolder(), walFault);
    }

    @Override
    public Optional<BackupManifest> giveUp(BackupId backup, AttemptId attempt, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<BackupId> listManifests() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<BackupManifest> manifest(BackupId backup) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<BackupManifest> durableManifest(BackupId backup) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BackupReader read(BackupId backup) throws RepositoryException {
        throw new UnsupportedOperationException();
    }

    @Override
    public StoredWindow window() {
        throw new UnsupportedOperationException();
    }
}
