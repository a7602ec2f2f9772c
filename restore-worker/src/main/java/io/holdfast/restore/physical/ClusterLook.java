package io.holdfast.restore.physical;

import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PrivateSocket;
import java.util.List;

/** Looks at a cluster once it is recovered and open for work, and before it is stopped or left running. */
@FunctionalInterface
public interface ClusterLook {
    /**
     * Looks.
     *
     * @param superuser who may do everything in it
     * @return what was found
     * @throws RestoreException if it is not as it should be; the restore fails with that
     */
    List<CheckResult> at(PrivateSocket socket, String superuser, RestoreWatch watch)
            throws RestoreException, InterruptedException;
}
