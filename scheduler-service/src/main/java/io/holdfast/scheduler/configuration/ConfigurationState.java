package io.holdfast.scheduler.configuration;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the configuration stands.
 *
 * @param file       where it is read from; absent when none was named
 * @param accepted   what applies: the last file without problems; absent when this process has seen none
 * @param acceptedAt when that was put into effect
 * @param problems   what is wrong with the file as it is now, each with its place and a hint
 * @param warnings   what is no mistake in the file that applies, but should not be overlooked
 */
public record ConfigurationState(
        @Nullable String file,
        @Nullable Configuration accepted,
        @Nullable Instant acceptedAt,
        List<String> problems,
        List<String> warnings) {

    public ConfigurationState {
        warnings = List.copyOf(warnings);
        problems = List.copyOf(problems);
    }
}
