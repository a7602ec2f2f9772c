package io.holdfast.restore.breakglass;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.window.Hole;
import io.holdfast.repository.window.Moment;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.restore.RestoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What lies in a repository, found by looking into it. */
final class StoredClusters {
    private static final Pattern SYSTEM_IDENTIFIER = Pattern.compile("[0-9]{1,20}");

    private final Repository repository;

    StoredClusters(Repository repository) {
        this.repository = repository;
    }

    /** One place of a target, for people. */
    record Found(String target, String place, List<FoundBackup> backups, List<Span> window) {}

    /**
     * A backup.
     *
     * @param problem why its manifest cannot be read
     */
    record FoundBackup(
            String backup,
            @Nullable String kind,
            @Nullable Instant finishedAt,
            @Nullable Long bytes,
            @Nullable Integer timeline,
            @Nullable String stopLsn,
            @Nullable Boolean encrypted,
            @Nullable String problem) {}

    /**
     * A stretch in which every moment can be reached.
     *
     * @param missing where the log is missing behind it
     */
    record Span(
            int timeline, Point from, Point to, @Nullable String missing) {}

    /** A moment of a span. */
    record Point(String lsn, @Nullable Instant time) {
        static Point of(Moment moment) {
            return new Point(moment.lsn().toString(), moment.time().orElse(null));
        }
    }

    /** What there is of one target, or of all. */
    List<Found> list(Optional<TargetName> only) throws RepositoryException {
        List<Found> found = new ArrayList<>();
        for (TargetName target : repository.targets()) {
            if (only.isEmpty() || only.get().equals(target)) {
                for (Place place : repository.places(target)) {
                    found.add(new Found(target.value(), place.value(), backups(target, place), window(target, place)));
                }
            }
        }
        return found;
    }

    private List<FoundBackup> backups(TargetName target, Place at) throws RepositoryException {
        TargetPlace place = repository.at(target, at);
        List<FoundBackup> found = new ArrayList<>();
        for (BackupId backup : place.listManifests()) {
            try {
                place.manifest(backup).map(StoredClusters::describe).ifPresent(found::add);
            } catch (RepositoryException.Damaged | RepositoryException.Denied | RepositoryException.Unusable e) {
                found.add(new FoundBackup(backup.value(), null, null, null, null, null, null, e.what()));
            }
        }
        found.sort(Comparator.comparing(
                each -> each.finishedAt() == null ? Instant.MIN : each.finishedAt(), Comparator.reverseOrder()));
        return found;
    }

    private static FoundBackup describe(BackupManifest manifest) {
        Integer timeline = null;
        String stop = null;
        if (manifest.details().content() instanceof BackupContent.Physical physical) {
            timeline = physical.wal().timeline();
            stop = physical.wal().stopLsn().toString();
        }
        return new FoundBackup(
                manifest.backup().value(),
                manifest.details().kind().name().toLowerCase(Locale.ROOT),
                manifest.details().finishedAt(),
                manifest.sizes().bytes(),
                timeline,
                stop,
                manifest.isSealed(),
                null);
    }

    private List<Span> window(TargetName target, Place place) throws RepositoryException {
        if (!SYSTEM_IDENTIFIER.matcher(place.value()).matches()) {
            return List.of();
        }
        RecoveryWindow window = repository.window(target, place).read();
        Optional<Integer> timeline = window.latestTimeline();
        if (timeline.isEmpty()) {
            return List.of();
        }
        List<Hole> holes = window.holes(timeline.get());
        return window.stretches(timeline.get()).stream()
                .map(stretch -> new Span(
                        timeline.get(),
                        Point.of(stretch.from()),
                        Point.of(stretch.to()),
                        holes.stream()
                                .filter(hole -> hole.from().equals(stretch.to().lsn()))
                                .map(hole -> hole.firstMissing().value())
                                .findFirst()
                                .orElse(null)))
                .toList();
    }

    /** The place of a target that holds a backup. */
    Place placeOf(TargetName target, BackupId backup) throws RepositoryException, RestoreException {
        for (Place place : repository.places(target)) {
            if (repository.at(target, place).listManifests().contains(backup)) {
                return place;
            }
        }
        throw new RestoreException(
                FailureCategory.BACKUP_NOT_FOUND,
                "the repository holds no backup " + backup + " of " + target + ".",
                "the same command without --backup and moment lists what there is.");
    }

    /** The place of a target's cluster; of several that with the newest backup. */
    Place clusterOf(TargetName target) throws RepositoryException, RestoreException {
        Place newest = null;
        Instant finished = Instant.MIN;
        for (Place place : repository.places(target)) {
            if (SYSTEM_IDENTIFIER.matcher(place.value()).matches()) {
                for (WindowBase base : repository.window(target, place).bases()) {
                    if (!base.finishedAt().isBefore(finished)) {
                        newest = place;
                        finished = base.finishedAt();
                    }
                }
            }
        }
        if (newest == null) {
            throw new RestoreException(
                    FailureCategory.BACKUP_NOT_FOUND,
                    "the repository holds no backup of a cluster of " + target + ".",
                    "it has " + repository.targets() + "; the same command without --target lists what there is.");
        }
        return newest;
    }
}
