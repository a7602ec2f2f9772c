package io.holdfast.verifier.retention;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.RetentionRequest;

/** A target's backups in a repository: what one run is about. */
record Scope(TargetId target, RepositoryId repository) {

    static Scope of(RetentionRequest request) {
        return new Scope(request.target(), request.repository());
    }

    /** Runs of the same are done one after the other. */
    String leaseKey() {
        return "retention " + target + " " + repository;
    }

    @Override
    public String toString() {
        return target + " in " + repository;
    }
}
