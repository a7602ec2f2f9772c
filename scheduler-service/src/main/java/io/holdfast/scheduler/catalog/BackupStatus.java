package io.holdfast.scheduler.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How far a backup has come. */
public enum BackupStatus {
    REQUESTED,
    RUNNING,
    /** Every byte is in the repository; not read back yet. */
    COMPLETED,
    /** Read back and found whole. */
    VERIFIED,
    /** Nothing was made, or what was made turned out to be damaged. */
    FAILED,
    CANCELLED,
    MISSED,
    EXPIRED,
    DELETED;

    /** The name in the API. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<BackupStatus> named(String wireName) {
        return Arrays.stream(values())
                .filter(status -> status.wireName().equals(wireName))
                .findFirst();
    }

    public static List<String> wireNames() {
        return Arrays.stream(values()).map(BackupStatus::wireName).toList();
    }

    /** Whether nothing more happens by itself before a backup in this status can be called completed. */
    boolean settled() {
        return switch (this) {
            case REQUESTED, RUNNING -> false;
            case COMPLETED, VERIFIED, FAILED, CANCELLED, MISSED, EXPIRED, DELETED -> true;
        };
    }
}
