package io.holdfast.repository.manifest;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a backup was made. Whatever the kind, it restores without replaying a chain of others. */
public enum BackupKind {
    /** Every file of a cluster, all pages stored anew. */
    @JsonProperty("full")
    FULL,
    /** Every file of a cluster; pages unchanged since the parent lie in earlier packs. */
    @JsonProperty("incremental")
    INCREMENTAL,
    /** Dumps of databases. */
    @JsonProperty("logical")
    LOGICAL
}
