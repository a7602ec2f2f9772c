package io.holdfast.runtime.jobs;

/** Another worker has taken the job over meanwhile: whatever this one did does not count. */
final class LostOwnershipException extends RuntimeException {

    LostOwnershipException(Ownership ownership) {
        super(ownership + " was taken over by another worker");
    }
}
