package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.holdfast.events.alert.AlertLevel;
import java.util.Arrays;
import java.util.Locale;

/**
 * The one table of failures: every way in which work fails has a category, and the category alone decides how it is
 * named on the wire and in metrics, whether another attempt may help, how loudly it is told, and with which code the
 * command line exits.
 */
public enum FailureCategory {
    /** The request or the configuration is wrong; the same again fails the same way. */
    CONFIGURATION(false, AlertLevel.CRITICAL, 10),
    /** The request names something that no definition knows. */
    UNKNOWN_TARGET(false, AlertLevel.WARNING, 11),
    /** The server refused the user or password. */
    AUTHENTICATION(false, AlertLevel.CRITICAL, 12),
    /** The user may not do what is needed. */
    PERMISSION(false, AlertLevel.CRITICAL, 13),
    /** The server's certificate, or ours, was refused. */
    TLS(false, AlertLevel.CRITICAL, 14),
    /** The server cannot be reached. */
    CONNECTION(true, AlertLevel.CRITICAL, 20),
    /** The server went away in the middle. */
    SERVER_INTERRUPTED(true, AlertLevel.CRITICAL, 21),
    /** The server answered with an error of its own. */
    SERVER_ERROR(true, AlertLevel.CRITICAL, 22),
    /** WAL that is needed is not there. */
    WAL_MISSING(true, AlertLevel.CRITICAL, 23),
    /** The repository has no room. */
    REPOSITORY_FULL(true, AlertLevel.CRITICAL, 30),
    /** The repository refuses writing. */
    REPOSITORY_READ_ONLY(false, AlertLevel.CRITICAL, 31),
    /** The repository cannot be reached or answers with errors. */
    REPOSITORY_UNAVAILABLE(true, AlertLevel.CRITICAL, 32),
    /** Stored bytes are not what was written. */
    REPOSITORY_DAMAGED(false, AlertLevel.CRITICAL, 33),
    /** The repository has no such backup. */
    BACKUP_NOT_FOUND(false, AlertLevel.WARNING, 34),
    /** A client program such as pg_dump is missing or older than the server. */
    TOOL_VERSION(false, AlertLevel.CRITICAL, 40),
    /** A client program such as pg_dump failed. */
    TOOL_FAILED(true, AlertLevel.CRITICAL, 41),
    /** The place to restore to is not empty, not allowed, or somebody else's. */
    DESTINATION(false, AlertLevel.WARNING, 50),
    /** The restored server did not start or did not become consistent. */
    RECOVERY_FAILED(false, AlertLevel.CRITICAL, 51),
    /** What was restored is not what was backed up, or one of the request's checks failed. */
    CHECK_FAILED(false, AlertLevel.CRITICAL, 52),
    /**
     * The request is not signed by the control plane, has expired, or was used before; or the backup is not encrypted where
     * its repository encrypts, and that was not accepted; or a hook of the restoring host did not let it happen.
     */
    REFUSED(false, AlertLevel.CRITICAL, 60),
    /** It took longer than allowed. */
    TIMEOUT(true, AlertLevel.CRITICAL, 61),
    /** Something in Holdfast itself; a defect until shown otherwise. */
    INTERNAL(true, AlertLevel.CRITICAL, 70);

    private final boolean retryable;
    private final AlertLevel alertLevel;
    private final int exitCode;

    FailureCategory(boolean retryable, AlertLevel alertLevel, int exitCode) {
        this.retryable = retryable;
        this.alertLevel = alertLevel;
        this.exitCode = exitCode;
    }

    /** The name on the wire, in metrics and in the API: {@code repository_full}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The category of that name. One that only a newer version knows is taken as {@link #INTERNAL}: a failure has to be
     * told also by those who do not know its sort.
     */
    @JsonCreator
    public static FailureCategory of(String wireName) {
        return Arrays.stream(values())
                .filter(category -> category.wireName().equals(wireName))
                .findFirst()
                .orElse(INTERNAL);
    }

    /** Whether another attempt of the same work may succeed. */
    public boolean retryable() {
        return retryable;
    }

    /** How loudly a failure is told. */
    public AlertLevel alertLevel() {
        return alertLevel;
    }

    /** What the command line exits with. */
    public int exitCode() {
        return exitCode;
    }
}
