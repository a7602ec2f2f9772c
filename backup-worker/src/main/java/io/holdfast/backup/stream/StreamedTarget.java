package io.holdfast.backup.stream;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.repository.TargetName;

/** A target whose log is received, with where it goes. */
record StreamedTarget(TargetDefined target, RepositoryDefined repository) {
    TargetId id() {
        return target.target();
    }

    RepositoryId repositoryId() {
        return repository.repository();
    }

    /** The target as the repository names it. */
    TargetName storedTarget() {
        return new TargetName(target.target().value());
    }

    String slot() {
        return SlotName.of(target.target());
    }

    /** Whether a stream of this one can go on as it is under the other definition. */
    boolean isLike(StreamedTarget other) {
        return target.withRevision(0).equals(other.target.withRevision(0))
                && repository.withRevision(0).equals(other.repository.withRevision(0));
    }
}
