package io.holdfast.scheduler.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.scheduler.catalog.CatalogFollower;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.LiveView;
import io.holdfast.scheduler.configuration.ConfigurationFile;
import io.holdfast.scheduler.configuration.ConfigurationState;
import io.holdfast.scheduler.request.KnownTargets;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** How the whole looks from here: who is there, how each target stands, and what is wrong with the configuration. */
@SecurityRequirement(name = "token")
@Path("/api/backup/health")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class HealthResource {

    /** Workers say every few seconds that they are there. */
    private static final Duration GONE_AFTER = Duration.ofSeconds(20);

    private final LiveView live;
    private final CatalogReader catalog;
    private final CatalogFollower follower;
    private final KnownTargets targets;
    private final ConfigurationFile configuration;
    private final Clock clock;

    HealthResource(
            LiveView live,
            CatalogReader catalog,
            CatalogFollower follower,
            KnownTargets targets,
            ConfigurationFile configuration,
            Clock clock) {
        this.live = live;
        this.catalog = catalog;
        this.follower = follower;
        this.targets = targets;
        this.configuration = configuration;
        this.clock = clock;
    }

    /**
     * The answer.
     *
     * @param status          {@code up}, or {@code degraded} when the configuration has problems or the catalog is behind
     * @param catalogCaughtUp whether the catalog has read the log
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Health(
            String status,
            boolean catalogCaughtUp,
            List<Worker> workers,
            List<Target> targets,
            ConfigurationHealth configuration) {}

    /** A worker that was heard of within the last hour. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Worker(
            String service,
            String instance,
            @Nullable String site,
            String version,
            Instant lastSeen,
            double ageSeconds,
            boolean alive) {}

    /** A target, and when it was last backed up with success: anywhere, and to each of its repositories. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Target(String target, @Nullable Instant lastSuccessAt, List<TargetRepository> repositories) {

        static Target of(TargetDefined target, Map<String, Instant> successes) {
            return new Target(
                    target.target().value(),
                    successes.values().stream().max(Comparator.naturalOrder()).orElse(null),
                    target.allRepositories().stream()
                            .map(RepositoryId::value)
                            .map(repository -> new TargetRepository(repository, successes.get(repository)))
                            .toList());
        }
    }

    /** One of a target's repositories, and when the target was last backed up to it with success. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record TargetRepository(
            String repository, @Nullable Instant lastSuccessAt) {}

    /** How the configuration file stands; warnings are no mistakes, but should not be overlooked. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ConfigurationHealth(
            @Nullable String file, @Nullable Instant acceptedAt, List<String> problems, List<String> warnings) {}

    @GET
    public Health health() {
        Instant now = clock.instant();
        ConfigurationState state = configuration.state();
        Map<String, Map<String, Instant>> successes = catalog.lastSuccesses();
        boolean well = state.problems().isEmpty() && follower.caughtUp();
        return new Health(
                well ? "up" : "degraded",
                follower.caughtUp(),
                live.workers().stream().map(worker -> worker(worker, now)).toList(),
                targets.all().stream()
                        .map(target -> Target.of(
                                target, successes.getOrDefault(target.target().value(), Map.of())))
                        .toList(),
                new ConfigurationHealth(state.file(), state.acceptedAt(), state.problems(), state.warnings()));
    }

    private static Worker worker(WorkerHeartbeat heartbeat, Instant now) {
        Duration age = Duration.between(heartbeat.at(), now);
        return new Worker(
                heartbeat.service(),
                heartbeat.instance(),
                heartbeat.site(),
                heartbeat.version(),
                heartbeat.at(),
                age.toMillis() / 1000.0,
                age.compareTo(GONE_AFTER) < 0);
    }
}
