package io.holdfast.backup.archive;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the log is taken from {@code archive_command}. */
@ConfigMapping(prefix = "holdfast.archive")
public interface ArchiveConfig {
    /**
     * How many files are taken at the same time for each repository: one that does not answer holds up no other. Each takes two
     * files of the segment size in the work directory.
     */
    @WithDefault("4")
    int concurrency();
}
