package io.holdfast.backup.stream;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/**
 * How the log of clusters is received. For each stream at once there is a connection, a thread, and up to three segments
 * in files of the work directory; memory is taken by those that are compressed just now, a few MiB for each thread.
 */
@ConfigMapping(prefix = "holdfast.stream")
public interface StreamConfig {
    /** Whether this worker streams at all. */
    @WithDefault("true")
    boolean enabled();

    /** How many clusters this worker streams at most; others are left to other workers. */
    @WithDefault("100")
    int limit();

    /**
     * Threads that compress complete segments, of all streams that go to the same repository: one that does not answer
     * holds up no other.
     */
    @WithDefault("2")
    int threads();

    /** What a server wrote of a segment that is not complete goes up after this long. */
    @WithDefault("2s")
    Duration incrementAfter();

    /** A stream whose worker was not heard of for this long is taken over by another. */
    @WithDefault("6s")
    Duration lease();

    /** The pause before a stream that broke is begun again; doubles up to {@link #reconnectDelayLimit}. */
    @WithDefault("500ms")
    Duration reconnectDelay();

    /** The longest such pause. */
    @WithDefault("15s")
    Duration reconnectDelayLimit();

    /** How long the log may stand still before that is told; what cannot mend itself is told at once. */
    @WithDefault("60s")
    Duration tellAfter();

    /** How often it is told what was archived. */
    @WithDefault("60s")
    Duration tellEvery();

    /** How much log a server without {@code max_slot_wal_keep_size} may keep before its slot is given up. */
    @WithDefault("32G")
    MemorySize slotLimit();
}
