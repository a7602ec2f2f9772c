package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.window.TimelineAncestry;
import java.util.List;
import java.util.Set;

/**
 * What a place held when it was looked at, as far as retention depends on it.
 *
 * @param backups complete ones, also those with a tombstone whose objects are still there
 * @param timelines histories that are stored
 * @param deleted which of the backups have a tombstone
 * @param underWay attempts that had begun, and were no backups when those were listed
 */
public record PlaceLook(
        Place place,
        List<KnownBackup> backups,
        List<TimelineAncestry> timelines,
        Set<BackupId> deleted,
        Set<AttemptReference> underWay) {
    public PlaceLook {
        backups = List.copyOf(backups);
        timelines = List.copyOf(timelines);
        deleted = Set.copyOf(deleted);
        underWay = Set.copyOf(underWay);
    }
}
