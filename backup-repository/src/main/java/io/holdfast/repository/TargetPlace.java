package io.holdfast.repository;

import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.WriterOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One place of one target in a repository: its backups and its WAL. Got from {@code Repository.at(target, place)}. Safe
 * for use by several threads.
 */
public interface TargetPlace {
    /** Whose backups these are. */
    TargetName target();

    /** Which of the target's places. */
    Place place();

    /** Begins an attempt at a backup. Nothing of it is a backup before {@link BackupWriter#commit}. */
    BackupWriter beginBackup(BackupId backup, AttemptId attempt, WriterOptions options) throws RepositoryException;

    /**
     * Begins an attempt at a backup that shares with an earlier one of this place what has not changed since. It restores
     * without replaying anything, also when the earlier one's manifest is gone.
     *
     * @param parent the earlier backup
     * @throws RepositoryException.Damaged if the parent cannot be used; a full backup can still be made
     * @throws RepositoryException.NotFound if a part of the parent is missing, or it is deleted; a full backup can still
     *     be made
     * @throws IllegalArgumentException if the parent belongs elsewhere
     */
    BackupWriter beginIncremental(BackupId backup, AttemptId attempt, BackupManifest parent, WriterOptions options)
            throws RepositoryException;

    /**
     * Gives a backup up: creates an aborted marker where its manifest would be, so that no attempt can complete it.
     *
     * @param reason for people
     * @return empty if it is given up now or was before; the manifest if it had been completed
     */
    Optional<BackupManifest> giveUp(BackupId backup, AttemptId attempt, String reason) throws RepositoryException;

    /**
     * The identifiers of everything that has a manifest object and is not deleted, in key order; given-up ones and damaged
     * manifests included. Cheap: nothing is read but the listing.
     */
    List<BackupId> listManifests() throws RepositoryException;

    /**
     * What the backup is.
     *
     * @return empty if there is no manifest, or the backup was given up or is deleted
     * @throws RepositoryException.Damaged if the manifest is damaged
     */
    Optional<BackupManifest> manifest(BackupId backup) throws RepositoryException;

    /**
     * As {@link #manifest}, and the manifest is durable once this returns. For whoever says that the backup is complete,
     * in place of a maker that ended before it could: a manifest that can be seen might yet be lost with a power failure.
     */
    Optional<BackupManifest> durableManifest(BackupId backup) throws RepositoryException;

    /**
     * Opens a backup for reading.
     *
     * @throws RepositoryException.NotFound if there is no such backup
     * @throws RepositoryException.Damaged if its manifest is damaged
     */
    BackupReader read(BackupId backup) throws RepositoryException;

    /**
     * The WAL of this place.
     *
     * @param workDirectory an existing directory for segments while they stream in
     * @throws IllegalStateException if the place is not that of a cluster
     */
    WalArchive wal(Path workDirectory);

    /**
     * To which moments this place's cluster can be brought back. Keep it: what was read once is not read again.
     *
     * @throws IllegalStateException if the place is not that of a cluster
     */
    StoredWindow window();
}
