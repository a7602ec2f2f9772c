package io.holdfast.backup.stream;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SystemIdentity;

/**
 * That a server's log is not what the repository has on the same timeline, such as after a snapshot was taken back: two
 * histories must not be joined. It stays until the server is on another timeline, since by its position alone it cannot be
 * seen any more once the server has written on. Immutable.
 *
 * @param reason what was seen, without a hint
 */
record Refusal(long systemIdentifier, int timeline, String reason) {
    private static final String HINT =
            "A server that was set back, such as by a snapshot, needs a timeline of its own: stop it,"
                    + " make standby.signal in its data directory, start it and select pg_promote(); its log goes on then, behind a"
                    + " new base backup that is asked for by itself. Or give it a target of its own. If it is the wrong server,"
                    + " correct host and port of the target.";

    /** Whether this server is still the one that was refused, on the same timeline. */
    boolean concerns(SystemIdentity identity) {
        return identity.systemIdentifier() == systemIdentifier && identity.timeline() == timeline;
    }

    ReplicationException exception() {
        return ReplicationException.of(FailureCause.CONFIGURATION, reason, HINT);
    }
}
