package io.holdfast.backup.gap;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How closely the stored log is watched; for each target whose log this process stores. */
@ConfigMapping(prefix = "holdfast.gap-watch")
public interface GapConfig {
    /** How often names and lengths are looked at and compared with the server's position. */
    @WithDefault("20s")
    Duration interval();

    /** How often the time of a server that only archives is kept. */
    @WithDefault("50s")
    Duration timesEvery();

    /** How often it is told how far the log of such a server is archived; five times as long while it writes nothing. */
    @WithDefault("60s")
    Duration tellEvery();

    /** How many stored bytes of log that was not seen before are read back at each look. */
    @WithDefault("64M")
    MemorySize readNew();

    /** How many stored bytes of older log are read again each minute, one object after the other, then from the beginning. */
    @WithDefault("16M")
    MemorySize readAgain();
}
