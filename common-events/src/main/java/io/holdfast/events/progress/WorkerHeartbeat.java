package io.holdfast.events.progress;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a service is there.
 *
 * @param service  {@code backup-worker} …
 * @param instance which one
 * @param site     restore-workers: their site
 * @param version  its version
 * @param at       when
 */
public record WorkerHeartbeat(
        String service, String instance, @Nullable String site, String version, Instant at) implements ProgressEvent {

    @Override
    public String subject() {
        return service;
    }
}
