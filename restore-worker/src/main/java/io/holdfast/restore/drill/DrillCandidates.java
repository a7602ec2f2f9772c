package io.holdfast.restore.drill;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.restore.RestoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The physical backups of a target that a drill may take, the oldest first.
 *
 * @param all each with its place
 */
record DrillCandidates(List<Candidate> all) {
    DrillCandidates {
        all = all.stream()
                .sorted(Comparator.comparing(Candidate::finishedAt)
                        .thenComparing(candidate -> candidate.backup().value()))
                .toList();
    }

    /** One of them. */
    record Candidate(TargetPlace place, BackupManifest manifest, BackupContent.Physical content) {
        BackupId backup() {
            return manifest.backup();
        }

        Instant finishedAt() {
            return manifest.details().finishedAt();
        }
    }

    /** Those in a repository. One whose manifest cannot be read is none. */
    static DrillCandidates of(Repository repository, TargetName target) throws RepositoryException {
        List<Candidate> found = new ArrayList<>();
        for (Place each : repository.places(target)) {
            TargetPlace place = repository.at(target, each);
            for (BackupId backup : place.listManifests()) {
                place.manifest(backup).ifPresent(manifest -> {
                    if (manifest.details().content() instanceof BackupContent.Physical physical) {
                        found.add(new Candidate(place, manifest, physical));
                    }
                });
            }
        }
        return new DrillCandidates(found);
    }

    /** The one that a request means. */
    Candidate choose(DrillRequested request) throws RestoreException {
        if (request.backupId() != null) {
            String wanted = request.backupId().toString();
            return all.stream()
                    .filter(each -> each.backup().value().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> none(
                            "the repository holds no physical backup " + wanted + " of " + request.target() + "."));
        }
        if (all.isEmpty()) {
            throw none("the repository holds no physical backup of " + request.target() + ".");
        }
        return switch (request.pick()) {
            case NEWEST -> all.getLast();
            case RANDOM -> all.get(random(request).nextInt(all.size()));
        };
    }

    /** When the newest ended. */
    Instant newest() {
        return all.getLast().finishedAt();
    }

    static SplittableRandom random(DrillRequested request) {
        return new SplittableRandom(request.seed());
    }

    private static RestoreException none(String what) {
        return new RestoreException(
                FailureCategory.BACKUP_NOT_FOUND, what, "holdfast list shows what there is; make a physical backup.");
    }

    /** Whether the request leaves the moment to chance. */
    static boolean isRandom(DrillRequested request) {
        return request.pick() == DrillPick.RANDOM && request.moment() == null;
    }
}
