package io.holdfast.events.alert;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everybody was told, each once, as far as that works.
 *
 * @param key      that of the request
 * @param results  one of each who can be told
 * @param testedAt when the last had answered
 */
public record AlertTested(AlertKey key, List<Result> results, Instant testedAt) implements AlertEvent {

    public AlertTested {
        results = List.copyOf(results);
    }

    /**
     * How it went with one.
     *
     * @param channel  over which channel
     * @param receiver who is told over it
     * @param taken    whether that side took it
     * @param failure  why not, and what to do
     */
    public record Result(
            String channel,
            String receiver,
            boolean taken,
            @Nullable String failure) {}
}
