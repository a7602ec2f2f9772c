package io.holdfast.backup.base;

import io.holdfast.backup.replication.SystemIdentity;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.repository.write.BackupWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A backup whose writing has begun, with the earlier one that it is compared with: the newest physical one of the place
 * that can be read and does not end behind the server's log. Pages are compared by what is in them, each of them, so it may
 * be of any timeline.
 *
 * @param parent empty for a full backup
 * @param reason why an incremental backup has no parent
 */
record BegunBackup(BackupWriter writer, Optional<BackupManifest> parent, Optional<String> reason) {
    private static final System.Logger LOG = System.getLogger(BegunBackup.class.getName());

    /** Begins a full backup, or an incremental one if that is wanted and there is a parent. */
    static BegunBackup of(TargetPlace place, SystemIdentity server, PhysicalBackupOptions options)
            throws RepositoryException {
        if (!options.incremental()) {
            return full(place, options, Optional.empty());
        }
        Optional<String> doubt = options.doubts().about(server.systemIdentifier());
        if (doubt.isPresent()) {
            return full(place, options, doubt);
        }
        List<BackupManifest> known = new ArrayList<>();
        String reason = "no physical backup of this cluster was there to compare with";
        for (BackupId backup : place.listManifests()) {
            try {
                place.manifest(backup).filter(BegunBackup::isPhysical).ifPresent(known::add);
            } catch (RepositoryException.Damaged | RepositoryException.NotFound | RepositoryException.Denied e) {
                reason = unusable(backup, e);
            }
        }
        known.sort(Comparator.comparing(manifest -> manifest.details().finishedAt()));
        for (BackupManifest parent : known.reversed()) {
            Optional<String> ahead = ahead(parent, server);
            if (ahead.isPresent()) {
                LOG.log(System.Logger.Level.WARNING, "Not compared with a backup: {0}", ahead.get());
                reason = ahead.get();
                continue;
            }
            try {
                BackupWriter writer =
                        place.beginIncremental(options.backup(), options.attempt(), parent, options.writer());
                return new BegunBackup(writer, Optional.of(parent), Optional.empty());
            } catch (RepositoryException.Damaged | RepositoryException.NotFound | RepositoryException.Denied e) {
                reason = unusable(parent.backup(), e);
            }
        }
        return full(place, options, Optional.of(reason));
    }

    private static BegunBackup full(TargetPlace place, PhysicalBackupOptions options, Optional<String> reason)
            throws RepositoryException {
        BackupWriter writer = place.beginBackup(options.backup(), options.attempt(), options.writer());
        return new BegunBackup(writer, Optional.empty(), reason);
    }

    /** Why a backup cannot be of what this server was before: its end is still to come, on the same timeline. */
    private static Optional<String> ahead(BackupManifest parent, SystemIdentity server) {
        boolean isAhead = WindowBase.of(parent)
                .map(WindowBase::wal)
                .filter(wal ->
                        wal.timeline() == server.timeline() && wal.stopLsn().compareTo(server.position()) > 0)
                .isPresent();
        return isAhead
                ? Optional.of("the backup " + parent.backup() + " ends behind the server's log, which ends at "
                        + server.position() + ": it was set back, or is a standby that is behind")
                : Optional.empty();
    }

    private static boolean isPhysical(BackupManifest manifest) {
        return manifest.details().content() instanceof BackupContent.Physical;
    }

    private static String unusable(BackupId backup, RepositoryException e) {
        LOG.log(System.Logger.Level.WARNING, "Backup {0} cannot be compared with: {1}", backup, e.what());
        return "the backup " + backup + " could not be compared with: " + e.what();
    }

    /** How the backup is made if all files are read. */
    BackupMethod method() {
        return parent.isPresent() ? BackupMethod.PAGE_COMPARE : BackupMethod.FULL;
    }
}
