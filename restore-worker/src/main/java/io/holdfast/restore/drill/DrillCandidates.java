package io.holdfast.restore.drill;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.drill.DrillCheck;
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
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The physical backups of a target that a drill may take, the oldest first.
 *
 * @param all each with its place
 * @param unreadable why the manifests of others cannot be read, by backup
 */
record DrillCandidates(List<Candidate> all, SortedMap<String, RepositoryException> unreadable) {
    DrillCandidates {
        all = all.stream()
                .sorted(Comparator.comparing(Candidate::finishedAt)
                        .thenComparing(candidate -> candidate.backup().value()))
                .toList();
        unreadable = Collections.unmodifiableSortedMap(new TreeMap<>(unreadable));
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

    /** Those in a repository. One whose manifest cannot be read is none, and stands in nobody's way. */
    static DrillCandidates of(Repository repository, TargetName target) throws RepositoryException {
        List<Candidate> found = new ArrayList<>();
        SortedMap<String, RepositoryException> unreadable = new TreeMap<>();
        for (Place each : repository.places(target)) {
            TargetPlace place = repository.at(target, each);
            for (BackupId backup : place.listManifests()) {
                try {
                    place.manifest(backup).ifPresent(manifest -> {
                        if (manifest.details().content() instanceof BackupContent.Physical physical) {
                            found.add(new Candidate(place, manifest, physical));
                        }
                    });
                } catch (RepositoryException.Damaged | RepositoryException.Denied | RepositoryException.Unusable e) {
                    unreadable.put(backup.value(), e);
                }
            }
        }
        return new DrillCandidates(found, unreadable);
    }

    /** The one that a request means. */
    Candidate choose(DrillRequested request) throws RestoreException, RepositoryException {
        if (request.backupId() != null) {
            String wanted = request.backupId().toString();
            RepositoryException why = unreadable.get(wanted);
            if (why != null) {
                throw why;
            }
            return all.stream()
                    .filter(each -> each.backup().value().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> none(
                            "the repository holds no physical backup " + wanted + " of " + request.target() + "."));
        }
        if (all.isEmpty() && !unreadable.isEmpty()) {
            throw unreadable.get(unreadable.lastKey());
        }
        if (all.isEmpty()) {
            throw none("the repository holds no physical backup of " + request.target() + ".");
        }
        return switch (request.pick()) {
            case NEWEST -> all.getLast();
            case RANDOM -> all.get(random(request).nextInt(all.size()));
        };
    }

    /** What is said of those whose manifests cannot be read: they were not tried. */
    List<DrillCheck> findings() {
        return unreadable.entrySet().stream()
                .map(each -> Findings.skipped(
                        "backup " + each.getKey(), each.getValue().what()))
                .toList();
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
