package io.holdfast.scheduler.retention;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/backup/hold} and {@code POST /api/backup/hold/release}.
 *
 * @param backupId which backup
 * @param name     tells holds of a backup apart; absent: {@code hold}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record HoldOrder(
        @Nullable String backupId,
        @Nullable String name,
        @Nullable String reason,
        @Nullable String requestedBy) {

    /** What a hold is called to which nobody gave a name. */
    public static final String USUAL = "hold";
}
