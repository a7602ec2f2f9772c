package io.holdfast.events.backup;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup exists: every byte is durable in the repository and its manifest is written.
 *
 * @param manifest         the key of the manifest in the repository
 * @param bytes            what was read from the source
 * @param storedBytes      what this backup added to the repository
 * @param timeline         physical only: the timeline of its WAL
 * @param startLsn         physical only: where its WAL begins, {@code 0/3000028}
 * @param stopLsn          physical only: from here on it is consistent
 * @param systemIdentifier physical only: the cluster's identity; a decimal number, as text
 * @param serverVersion    the source's version, {@code 17.11}
 * @param databases        logical only: the databases in it
 * @param parent           incremental only: the earlier backup that it shares data with; absent if a full one was made
 * @param method           incremental only: {@code full}, {@code page_compare} (all was read and compared with the parent)
 *                         or {@code server_incremental} (the server sent only what had changed)
 * @param fallbackReason   incremental only: why no better method was used
 * @param exceptions       what was noticed and does not hinder a restore, such as pages that failed their checksum
 * @param encrypted        whether only its recipients can read it; absent: a worker said it that did not tell yet
 */
public record BackupCompleted(
        BackupId backupId,
        TargetId target,
        BackupKind kind,
        RepositoryId repository,
        String manifest,
        long bytes,
        long storedBytes,
        Instant startedAt,
        Instant finishedAt,
        @Nullable Integer timeline,
        @Nullable String startLsn,
        @Nullable String stopLsn,
        @Nullable String systemIdentifier,
        @Nullable String serverVersion,
        @Nullable List<String> databases,
        @Nullable BackupId parent,
        @Nullable String method,
        @Nullable String fallbackReason,
        @Nullable List<String> exceptions,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Boolean encrypted)
        implements BackupEvent {

    public BackupCompleted {
        databases = databases == null ? null : List.copyOf(databases);
        exceptions = exceptions == null ? null : List.copyOf(exceptions);
    }

    /** Without knowing whether it is encrypted. */
    public BackupCompleted(
            BackupId backupId,
            TargetId target,
            BackupKind kind,
            RepositoryId repository,
            String manifest,
            long bytes,
            long storedBytes,
            Instant startedAt,
            Instant finishedAt,
            @Nullable Integer timeline,
            @Nullable String startLsn,
            @Nullable String stopLsn,
            @Nullable String systemIdentifier,
            @Nullable String serverVersion,
            @Nullable List<String> databases,
            @Nullable BackupId parent,
            @Nullable String method,
            @Nullable String fallbackReason,
            @Nullable List<String> exceptions,
            @Nullable String reason,
            @Nullable String requestedBy) {
        this(
                backupId,
                target,
                kind,
                repository,
                manifest,
                bytes,
                storedBytes,
                startedAt,
                finishedAt,
                timeline,
                startLsn,
                stopLsn,
                systemIdentifier,
                serverVersion,
                databases,
                parent,
                method,
                fallbackReason,
                exceptions,
                reason,
                requestedBy,
                null);
    }
}
