package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.sweep.SweepReport;
import java.util.List;

/**
 * What was done in a place.
 *
 * @param deleted backups that got a tombstone now
 * @param held backups that would have got one, had nobody held them meanwhile
 * @param broughtBack backups with a tombstone that nobody who deletes had agreed to
 * @param sweep what was removed of backups
 * @param logObjects how many objects of the log and its times were removed
 * @param denied of the log, as in {@code sweep}
 * @param locked of the log, as in {@code sweep}
 * @param next to be given to the next run
 */
public record RetentionReport(
        List<BackupId> deleted,
        List<BackupId> held,
        List<BackupId> broughtBack,
        SweepReport sweep,
        long logObjects,
        List<ObjectKey> denied,
        List<ObjectKey> locked,
        LogCut next) {}
