package io.holdfast.repository.write;

import io.holdfast.repository.manifest.BackupManifest;

/** What committing a backup led to. Only {@link Committed} makes this attempt the backup. */
public sealed interface CommitOutcome {
    /** This attempt is the backup; everything is durable. */
    record Committed(BackupManifest manifest) implements CommitOutcome {}

    /** Another attempt had become the backup before; this one's objects are leftovers. */
    record AlreadyCommitted(BackupManifest existing) implements CommitOutcome {}

    /** The backup was given up meanwhile, so that no attempt can complete it any more. */
    record Fenced(String reason) implements CommitOutcome {}
}
