package io.holdfast.verifier.retention;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What the retention role can be told. */
@ConfigMapping(prefix = "holdfast.retention")
public interface RetentionConfig {

    /** {@code on}: this process has the role. It needs credentials that may delete, which no other process should have. */
    @WithDefault("off")
    Role role();

    /** How often each target's backups are looked at in each repository by itself. */
    @WithDefault("1d")
    Duration every();

    /**
     * How long an attempt at a backup may be under way, from when a run first saw it, until it is given up; longer than the
     * longest backup takes.
     */
    @WithDefault("7d")
    Duration patience();

    /** How often it is looked whether a run is due. */
    @WithDefault("1m")
    Duration polling();

    /** Whether this process has the role. */
    enum Role {
        ON,
        OFF
    }
}
