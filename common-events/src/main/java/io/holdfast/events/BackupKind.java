package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What kind of backup. */
public enum BackupKind {
    /** Every file of a PostgreSQL cluster, over the replication protocol, with the WAL that makes it consistent. */
    FULL,
    /**
     * Every file of a PostgreSQL cluster too, of which only what has changed since an earlier physical backup is read or
     * stored. It restores like a full one. Where there is no earlier one, a full one is made.
     */
    INCREMENTAL,
    /** Each database as pg_dump's custom format, with roles and other globals. */
    LOGICAL;

    /** The name on the wire. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static BackupKind of(String wireName) {
        for (BackupKind value : values()) {
            if (value.wireName().equals(wireName)) {
                return value;
            }
        }
        throw new IllegalArgumentException("not a kind of backup. HINT: it is full, incremental or logical.");
    }
}
