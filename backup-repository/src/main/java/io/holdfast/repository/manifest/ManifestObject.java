package io.holdfast.repository.manifest;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;

/** What can lie under a manifest's key. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "status")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ManifestObject.Committed.class, name = "committed"),
    @JsonSubTypes.Type(value = ManifestObject.Aborted.class, name = "aborted")
})
public sealed interface ManifestObject {
    /** A backup. */
    record Committed(BackupManifest backup) implements ManifestObject {}

    /**
     * The backup was given up. Its key stays taken, so that a sleeping attempt that wakes cannot complete it.
     *
     * @param attempt the attempt given up
     * @param reason for people
     */
    record Aborted(BackupId backup, AttemptId attempt, String reason) implements ManifestObject {}
}
