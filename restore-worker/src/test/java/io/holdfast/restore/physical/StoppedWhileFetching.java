package io.holdfast.restore.physical;

import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import org.jspecify.annotations.Nullable;

/** Somebody wants a restore stopped as soon as its first bytes are there. */
final class StoppedWhileFetching implements RestoreWatch {
    private volatile boolean fetching;

    @Override
    public void progress(RestorePhase phase, long done, @Nullable Long total) {
        fetching = phase == RestorePhase.FETCH;
    }

    @Override
    public boolean stopRequested() {
        return fetching;
    }
}
