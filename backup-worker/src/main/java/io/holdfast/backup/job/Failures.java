package io.holdfast.backup.job;

import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.ServerError;
import io.holdfast.backup.source.UnusableDefinitionException;
import io.holdfast.backup.tool.ToolException;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.FileSystemFailures;
import io.holdfast.runtime.secrets.SecretException;
import java.io.IOException;

/** The one place where what went wrong in a backup gets its category. Pure. */
public final class Failures {
    private static final String WAL_IS_GONE = "58P01";
    private static final int LONGEST_MESSAGE = 2000;

    private Failures() {}

    /** What a failure of any stage of an attempt is to those who asked for it. */
    public static Failure of(IOException failure) {
        return switch (failure) {
            case RepositoryException repository -> ofRepository(repository);
            case ReplicationException server -> ofServer(server);
            case ToolException tool -> ToolFailures.of(tool);
            case UnusableDefinitionException definition ->
                failure(FailureCategory.CONFIGURATION, definition.what(), definition.hint());
            // What remains is this host's own work folder; its file system fails as a repository's does.
            default -> ofRepository(FileSystemFailures.classify(failure, "Working in the worker's own folder"));
        };
    }

    /** A reference to a secret that leads nowhere. */
    public static Failure of(SecretException secret) {
        return failure(FailureCategory.CONFIGURATION, secret.what() + ".", secret.hint());
    }

    private static Failure ofRepository(RepositoryException e) {
        FailureCategory category = switch (e) {
            case RepositoryException.Full full -> FailureCategory.REPOSITORY_FULL;
            case RepositoryException.Denied denied -> FailureCategory.REPOSITORY_READ_ONLY;
            case RepositoryException.Unavailable unavailable -> FailureCategory.REPOSITORY_UNAVAILABLE;
            case RepositoryException.NotFound notFound -> FailureCategory.REPOSITORY_UNAVAILABLE;
            case RepositoryException.Damaged damaged -> FailureCategory.REPOSITORY_DAMAGED;
            case RepositoryException.Conflict conflict -> FailureCategory.CONFIGURATION;
            case RepositoryException.Unusable unusable -> FailureCategory.CONFIGURATION;
        };
        return failure(category, e.what(), e.hint());
    }

    private static Failure ofServer(ReplicationException e) {
        FailureCategory category = switch (e.failure()) {
            case AUTHENTICATION -> FailureCategory.AUTHENTICATION;
            case PERMISSION -> FailureCategory.PERMISSION;
            case UNKNOWN_HOST, UNREACHABLE, REFUSED -> FailureCategory.CONNECTION;
            case TLS -> FailureCategory.TLS;
            case SERVER_INTERRUPTED, TIMELINE_ENDED, CANCELLED -> FailureCategory.SERVER_INTERRUPTED;
            case SERVER_ERROR ->
                e.serverError()
                                .map(ServerError::sqlState)
                                .filter(WAL_IS_GONE::equals)
                                .isPresent()
                        ? FailureCategory.WAL_MISSING
                        : FailureCategory.SERVER_ERROR;
            case TIMEOUT -> FailureCategory.TIMEOUT;
            case PROTOCOL_VIOLATION -> FailureCategory.SERVER_ERROR;
            case CONFIGURATION -> FailureCategory.CONFIGURATION;
        };
        return failure(category, e.summary(), e.hint());
    }

    /** A failure whose message is one line and not too long for an event. */
    public static Failure failure(FailureCategory category, String message, String hint) {
        String line = message.replaceAll("\\s*\\R\\s*", " ").strip();
        return new Failure(
                category,
                line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "…" : line,
                hint.replaceAll("\\s*\\R\\s*", " ").strip());
    }
}
