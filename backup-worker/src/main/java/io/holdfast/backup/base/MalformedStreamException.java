package io.holdfast.backup.base;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import java.io.IOException;

/** What arrives is not the stream of a base backup. */
final class MalformedStreamException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedStreamException(String what) {
        super(what);
    }

    /** The failure as the caller is to see it. */
    ReplicationException asFailure() {
        return ReplicationException.of(
                FailureCause.PROTOCOL_VIOLATION,
                "The base backup's stream holds " + getMessage() + ".",
                "Check that nothing stands between this worker and the server that could alter the stream; try again.",
                this);
    }
}
