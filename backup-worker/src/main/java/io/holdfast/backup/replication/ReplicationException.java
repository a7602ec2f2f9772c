package io.holdfast.backup.replication;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Speaking with a PostgreSQL server failed. The message says what and where; {@link #hint} says what to do, and is also
 * at the message's end. Neither holds a secret.
 */
public final class ReplicationException extends IOException {
    private static final long serialVersionUID = 1L;

    private final FailureCause failure;
    private final String summary;
    private final String hint;
    private final transient @Nullable ServerError serverError;

    private ReplicationException(
            FailureCause failure,
            String summary,
            String hint,
            @Nullable ServerError serverError,
            @Nullable Throwable cause) {
        super(summary + " HINT: " + hint, cause);
        this.failure = failure;
        this.summary = summary;
        this.hint = hint;
        this.serverError = serverError;
    }

    /** A failure of ours or of the network. */
    public static ReplicationException of(FailureCause failure, String summary, String hint) {
        return new ReplicationException(failure, summary, hint, null, null);
    }

    /** A failure with the exception that showed it. */
    public static ReplicationException of(FailureCause failure, String summary, String hint, Throwable cause) {
        return new ReplicationException(failure, summary, hint, null, cause);
    }

    static ReplicationException protocol(String what) {
        return of(
                FailureCause.PROTOCOL_VIOLATION,
                "The server sent " + what + ".",
                "Check that host and port lead to PostgreSQL 15 or newer itself, not to a connection pooler.");
    }

    static ReplicationException server(String where, ServerError error) {
        ServerFailure kind = ServerFailure.of(error);
        StringBuilder summary = new StringBuilder(where)
                .append(": ")
                .append(error.message())
                .append(" (SQLSTATE ")
                .append(error.sqlState())
                .append(").");
        if (error.detail() != null) {
            summary.append(" Detail: ").append(error.detail());
        }
        return new ReplicationException(kind.cause(), summary.toString(), kind.hint(), error, null);
    }

    /** The kind of failure. */
    public FailureCause failure() {
        return failure;
    }

    /** What happened and where, without the hint. */
    public String summary() {
        return summary;
    }

    /** What to do about it. */
    public String hint() {
        return hint;
    }

    /** The server's own report, where it was the server that refused. */
    public Optional<ServerError> serverError() {
        return Optional.ofNullable(serverError);
    }
}
