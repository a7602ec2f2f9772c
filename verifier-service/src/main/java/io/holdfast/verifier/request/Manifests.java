package io.holdfast.verifier.request;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.TargetName;
import io.holdfast.runtime.jobs.JobFailedException;

/** Reads a manifest's key as events give it: it names the place where the backup lies. */
final class Manifests {

    private Manifests() {}

    /** @throws JobFailedException if the key is not that of this backup's manifest */
    static PlaceLayout layoutOf(Subject subject) throws JobFailedException {
        String[] segments = subject.manifest().split("/", -1);
        try {
            if (segments.length > 2) {
                PlaceLayout layout =
                        new PlaceLayout(new TargetName(subject.target().value()), new Place(segments[1]));
                if (layout.manifest(new BackupId(subject.backup().toString()))
                        .value()
                        .equals(subject.manifest())) {
                    return layout;
                }
            }
        } catch (IllegalArgumentException e) {
            throw notItsManifest(subject, e);
        }
        throw notItsManifest(subject, new IllegalArgumentException("another key"));
    }

    private static JobFailedException notItsManifest(Subject subject, IllegalArgumentException cause) {
        return new JobFailedException(
                new Failure(
                        FailureCategory.BACKUP_NOT_FOUND,
                        "the manifest that is named is not that of backup " + subject.backup() + " of "
                                + subject.target(),
                        "Ask again with the manifest that the BackupCompleted event names."),
                cause);
    }
}
