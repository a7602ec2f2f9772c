package io.holdfast.scheduler.drill;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/backup/test/restore}.
 *
 * @param target whose backup
 * @param backupId which; absent: as picked
 * @param latest recover as far as the stored WAL reaches
 * @param toTime recover to this moment, with a zone: {@code 2026-11-21T10:00:00Z}
 * @param toLsn recover to this position, {@code 2/3A0001F8}
 * @param pick what is taken where nothing is named: {@code newest} (when absent) or {@code random}
 * @param seed of what is picked at random; absent: one is made up and told
 * @param site where its restore-workers are; absent: as configured
 * @param acceptUnencrypted take also a backup that is not encrypted, though its repository encrypts
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record DrillOrder(
        @Nullable String target,
        @Nullable String backupId,
        @Nullable Boolean latest,
        @Nullable String toTime,
        @Nullable String toLsn,
        @Nullable String pick,
        @Nullable Long seed,
        @Nullable String site,
        @Nullable Boolean acceptUnencrypted,
        @Nullable String reason,
        @Nullable String requestedBy) {}
