package io.holdfast.backup.replication;

import java.util.Objects;

/**
 * What a server's SQLSTATE means for a backup, and what to do about it. Messages are not looked at: the server may write
 * them in another language.
 *
 * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">Error codes</a>
 */
record ServerFailure(FailureCause cause, String hint) {

    static ServerFailure of(ServerError error) {
        return switch (error.sqlState()) {
            case "28P01" ->
                new ServerFailure(FailureCause.AUTHENTICATION, "Check user name and password of the target.");
            case "28000" ->
                new ServerFailure(
                        FailureCause.PERMISSION,
                        "Check that the role exists with LOGIN, and that pg_hba.conf has a line for the database"
                                + " \"replication\", this role, this address and this kind of connection"
                                + " (hostssl asks for TLS, clientcert for a certificate); reload the server.");
            case "42501" ->
                new ServerFailure(
                        FailureCause.PERMISSION, "Give the role the attribute: ALTER ROLE … WITH REPLICATION.");
            case "53300" ->
                new ServerFailure(
                        FailureCause.CONFIGURATION,
                        "Raise max_wal_senders (a backup needs two connections) or max_connections, or end other"
                                + " replication clients.");
            case "53400" ->
                new ServerFailure(
                        FailureCause.CONFIGURATION,
                        "Raise max_replication_slots, or drop slots that nobody uses (pg_replication_slots).");
            case "55000" ->
                new ServerFailure(
                        FailureCause.CONFIGURATION,
                        hinted(error, "Check wal_level (replica or logical), max_wal_senders, max_replication_slots."));
            case "55006" ->
                new ServerFailure(FailureCause.CONFIGURATION, "The slot is in use; wait, or use another name.");
            case "57014" -> new ServerFailure(FailureCause.CANCELLED, "Run it again when it is wanted.");
            case "57P01", "57P02", "57P03" ->
                new ServerFailure(
                        FailureCause.SERVER_INTERRUPTED,
                        "The server is stopping, starting or was told to end the session; try again once it runs.");
            case "58P01" ->
                new ServerFailure(
                        FailureCause.SERVER_ERROR,
                        hinted(error, "WAL that is needed is gone: check wal_keep_size and max_slot_wal_keep_size."));
            case "08P01", "0A000" ->
                new ServerFailure(
                        FailureCause.PROTOCOL_VIOLATION,
                        "Check that host and port lead to PostgreSQL 15 or newer itself, not to a connection pooler.");
            default -> new ServerFailure(FailureCause.SERVER_ERROR, hinted(error, "See the server's log."));
        };
    }

    private static String hinted(ServerError error, String otherwise) {
        return Objects.requireNonNullElse(error.hint(), otherwise);
    }
}
