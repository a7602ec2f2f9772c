package io.holdfast.events.progress;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance of a service is there.
 *
 * @param service  {@code backup-worker} …
 * @param instance which one
 * @param site     restore-workers: their site
 * @param version  its version
 * @param at       when
 * @param standbys restore-workers: the standbys that they answer, at most 100; absent: none
 */
public record WorkerHeartbeat(
        String service,
        String instance,
        @Nullable String site,
        String version,
        Instant at,
        @Nullable List<FollowedStandby> standbys)
        implements ProgressEvent {

    public WorkerHeartbeat {
        standbys = standbys == null ? null : List.copyOf(standbys);
    }

    /** Without standbys. */
    public WorkerHeartbeat(String service, String instance, @Nullable String site, String version, Instant at) {
        this(service, instance, site, version, at, null);
    }

    @Override
    public String subject() {
        return service;
    }
}
