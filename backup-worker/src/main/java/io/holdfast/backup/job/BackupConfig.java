package io.holdfast.backup.job;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/**
 * How backups are made. How many at once, how often tried and with which pauses is said by {@code holdfast.jobs}.
 * Memory in all is about what the JVM itself needs, and for each backup at once {@link #memory} and a few MiB for each
 * thread.
 */
@ConfigMapping(prefix = "holdfast.backup")
public interface BackupConfig {
    /** Threads that compress and hash, for each backup. */
    @WithDefault("2")
    int threads();

    /** zstd's level, 1 to 19. */
    @WithDefault("3")
    int zstdLevel();

    /** Bytes of one backup that may be on their way at once; at least 4 MiB. */
    @WithDefault("32M")
    MemorySize memory();

    /** The length of packs. */
    @WithDefault("256M")
    MemorySize packSize();

    /** Whether servers that can are asked for what has changed, for an incremental backup, instead of reading all of it. */
    @WithDefault("true")
    boolean serverIncremental();

    /** How long an attempt may take in all. */
    @WithDefault("24h")
    Duration timeLimit();

    /** How long a client program such as pg_dump may write nothing. */
    @WithDefault("15m")
    Duration silenceLimit();

    /** How long pg_dump waits for a lock on a table that somebody else holds. */
    @WithDefault("5m")
    Duration lockWait();

    /** How long a job waits for definitions after the start of the process. */
    @WithDefault("30s")
    Duration definitionsWait();
}
