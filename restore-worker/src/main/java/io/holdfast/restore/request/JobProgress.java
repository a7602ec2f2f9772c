package io.holdfast.restore.request;

import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.runtime.jobs.JobRun;
import org.jspecify.annotations.Nullable;

/** Tells a job how far its restore is, and the restore whether the job is still wanted. */
record JobProgress(JobRun run) implements RestoreWatch {
    @Override
    public void progress(RestorePhase phase, long done, @Nullable Long total) {
        run.progress(phase.wireName(), done, total);
    }

    @Override
    public boolean stopRequested() {
        return run.isCancelled();
    }
}
