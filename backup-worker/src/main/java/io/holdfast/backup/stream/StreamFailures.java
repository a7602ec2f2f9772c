package io.holdfast.backup.stream;

import io.holdfast.backup.job.Failures;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.ServerError;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.runtime.secrets.SecretException;
import java.io.IOException;
import java.util.Set;

/** What a failure means for a stream. Pure. */
final class StreamFailures {
    private static final String WAL_IS_GONE = "58P01";
    private static final String SLOT_IN_USE = "55006";
    private static final String SLOT_UNUSABLE = "55000";
    /** In use, too many connections, starting up: gone by the next try, most likely. */
    private static final Set<String> PASSING = Set.of(SLOT_IN_USE, "53300", "57P03");

    private StreamFailures() {}

    static Failure of(Exception e) {
        return switch (e) {
            case ReplicationException server
            when PASSING.contains(state(server)) ->
                Failures.failure(FailureCategory.SERVER_ERROR, server.summary(), server.hint());
            case IOException known -> Failures.of(known);
            case SecretException secret -> Failures.of(secret);
            default ->
                Failures.failure(
                        FailureCategory.INTERNAL,
                        "Receiving the log failed: " + e,
                        "See the worker's log; this is a defect, please report it.");
        };
    }

    /** The slot is held by a process: our own of before, or a dead peer's whose connection the server still believes in. */
    static boolean slotIsInUse(Exception e) {
        return e instanceof ReplicationException server && state(server).equals(SLOT_IN_USE);
    }

    /** The server has removed log that was asked for. */
    static boolean walIsGone(ReplicationException e) {
        return state(e).equals(WAL_IS_GONE);
    }

    /** The slot exists, and cannot be used any more. */
    static boolean slotIsUnusable(ReplicationException e) {
        return state(e).equals(SLOT_UNUSABLE);
    }

    private static String state(ReplicationException e) {
        return e.serverError().map(ServerError::sqlState).orElse("");
    }
}
