package io.holdfast.backup.replication;

/** Why speaking with a server failed, in the kinds that call for different action. */
public enum FailureCause {
    /** The server knows us not: wrong password, certificate or method. */
    AUTHENTICATION,
    /** The server knows us, but does not let us: no REPLICATION attribute, no line in pg_hba.conf. */
    PERMISSION,
    /** The host's name does not resolve. */
    UNKNOWN_HOST,
    /** Nothing answers at the address. */
    UNREACHABLE,
    /** The host answers, but nothing listens at the port. */
    REFUSED,
    /** No encrypted connection, or not to the server that was meant. */
    TLS,
    /** The connection ended while it was needed: server stopped, crashed, or network cut. */
    SERVER_INTERRUPTED,
    /** The server reported an error of another kind; its SQLSTATE is with the exception. */
    SERVER_ERROR,
    /** The server was silent for too long. */
    TIMEOUT,
    /** What arrived is not the protocol: no PostgreSQL server, or something in between. */
    PROTOCOL_VIOLATION,
    /** A setting on the server or of the connection stands in the way. */
    CONFIGURATION,
    /** The source was promoted: the timeline that the backup began on has ended. */
    TIMELINE_ENDED,
    /** Asked for from this side. */
    CANCELLED
}
