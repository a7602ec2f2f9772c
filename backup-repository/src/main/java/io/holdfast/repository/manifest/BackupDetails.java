package io.holdfast.repository.manifest;

import io.holdfast.repository.BackupId;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What whoever makes a backup knows about it; the writer adds the rest of the manifest.
 *
 * @param parent the backup this one was compared with
 * @param startedAt when making it began
 * @param finishedAt when its last byte came
 * @param exceptions what is known not to be as it should be
 * @param labels free text by name; never secrets
 */
public record BackupDetails(
        BackupKind kind,
        Optional<BackupId> parent,
        Instant startedAt,
        Instant finishedAt,
        BackupContent content,
        List<NotedException> exceptions,
        Map<String, String> labels) {
    /** The label that says how an incremental backup was made: {@code full}, {@code page_compare}, or the next. */
    public static final String METHOD_LABEL = "method";

    /** The label that says why no better method was used. */
    public static final String FALLBACK_REASON_LABEL = "fallback_reason";

    /** Made of what the server sent as changed since the parent; its own manifest lists that, not whole files. */
    public static final String SERVER_INCREMENTAL = "server_incremental";

    public BackupDetails {
        exceptions = List.copyOf(exceptions);
        SortedMap<String, String> sorted = new TreeMap<>(labels);
        labels = Collections.unmodifiableSortedMap(sorted);
    }

    /** A full backup without a parent, exceptions or labels. */
    public static BackupDetails of(BackupKind kind, Instant startedAt, Instant finishedAt, BackupContent content) {
        return new BackupDetails(kind, Optional.empty(), startedAt, finishedAt, content, List.of(), Map.of());
    }
}
