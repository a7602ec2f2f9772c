package io.holdfast.scheduler.retention;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/backup/retention/run}.
 *
 * @param target     whose backups
 * @param repository where; absent: in every repository of the target
 * @param dryRun     only say what would go, what stays, and why
 * @param approved   backups that may go although many go at once
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RetentionOrder(
        @Nullable String target,
        @Nullable String repository,
        @Nullable Boolean dryRun,
        @Nullable List<String> approved,
        @Nullable String reason,
        @Nullable String requestedBy) {}
