package io.holdfast.repository.sweep;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.store.ObjectKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a sweep did.
 *
 * @param removed deleted backups whose manifests were removed
 * @param waiting deleted backups whose objects stay for now, because somebody is building on them, holds them, or does not agree
 * @param givenUp backups that had no end for too long, so that none of their attempts can complete them any more
 * @param underWay attempts that may yet become backups
 * @param objects how many objects were removed
 * @param denied objects that the store did not let go, such as locked ones: the next sweep tries again
 * @param locked objects that were not tried, for the store would not let them go yet
 * @param mapsKept why no shared map was removed, if so
 */
public record SweepReport(
        List<BackupId> removed,
        List<BackupId> waiting,
        List<BackupId> givenUp,
        Set<AttemptReference> underWay,
        long objects,
        List<ObjectKey> denied,
        List<ObjectKey> locked,
        Optional<String> mapsKept) {}
