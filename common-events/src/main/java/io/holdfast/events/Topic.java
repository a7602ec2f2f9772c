package io.holdfast.events;

import java.time.Duration;

/** The topics, and how long each keeps what it carries. {@link Duration#ZERO} stands for ever. */
public enum Topic {
    /** Asked for by anybody who is granted to write here. */
    BACKUP_REQUESTS("holdfast.backup-requests", Duration.ofDays(7), false),
    /** Asked for by the control plane alone, each signed. */
    RESTORE_REQUESTS("holdfast.restore-requests", Duration.ofDays(7), false),
    /** The log: everything that happened. */
    EVENTS("holdfast.events", Duration.ZERO, false),
    /** Progress of running jobs, and heartbeats. Losing one harms nothing. */
    PROGRESS("holdfast.progress", Duration.ofDays(1), false),
    /** Targets, repositories and routes, each signed; the last of each key is kept. */
    DEFINITIONS("holdfast.definitions", Duration.ZERO, true),
    /** What somebody has to know about, by deduplication key. */
    ALERTS("holdfast.alerts", Duration.ofDays(90), false),
    /** What could not be handled, with why. */
    DEAD_LETTERS("holdfast.dead-letters", Duration.ofDays(30), false);

    /** Chosen once: a key's partition must never change, or order per target is lost. */
    public static final int PARTITIONS = 32;

    private final String topicName;
    private final Duration retention;
    private final boolean compacted;

    Topic(String topicName, Duration retention, boolean compacted) {
        this.topicName = topicName;
        this.retention = retention;
        this.compacted = compacted;
    }

    public String topicName() {
        return topicName;
    }

    public Duration retention() {
        return retention;
    }

    public boolean compacted() {
        return compacted;
    }
}
