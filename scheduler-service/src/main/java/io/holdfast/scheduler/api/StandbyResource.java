package io.holdfast.scheduler.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.progress.FollowedStandby;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.scheduler.catalog.LiveView;
import io.holdfast.scheduler.catalog.LogPosition;
import io.holdfast.scheduler.window.ListedWindow;
import io.holdfast.scheduler.window.Windows;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** The standbys that follow repositories, as their restore-workers tell of them every few seconds. */
@SecurityRequirement(name = "token")
@Path("/api/backup/standby")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class StandbyResource {

    private final LiveView live;
    private final Windows windows;
    private final Clock clock;

    StandbyResource(LiveView live, Windows windows, Clock clock) {
        this.live = live;
        this.windows = windows;
        this.clock = clock;
    }

    /** A list of standbys, by target and directory. */
    public record AllStandbys(List<Standby> standbys) {}

    /**
     * A standby.
     *
     * @param site            of the worker that answers it
     * @param worker          that worker
     * @param seenAt          when it said this
     * @param lsn             how far the standby has replayed; absent: it could not be asked
     * @param lastTransaction when the last transaction that it has was committed or rolled back
     * @param upToDate        when it last had all that was stored
     * @param behindSeconds   how long ago that is
     * @param behindBytes     how much of the log is stored, as far as was said, that it has not replayed; absent: nobody knows
     * @param trouble         why it is not answered; absent: it is
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Standby(
            String target,
            String repository,
            @Nullable String site,
            String worker,
            String directory,
            Instant seenAt,
            @Nullable String lsn,
            @Nullable Instant lastTransaction,
            Instant upToDate,
            double behindSeconds,
            @Nullable Long behindBytes,
            @Nullable String trouble) {}

    /** The standbys of one target, or all. */
    @GET
    public AllStandbys list(@QueryParam("target") @Nullable String target) {
        String named = Arguments.text("target", target);
        List<WorkerHeartbeat> workers =
                live.workers().stream().filter(each -> each.standbys() != null).toList();
        Map<String, String> stored = workers.isEmpty() ? Map.of() : stored();
        return new AllStandbys(workers.stream()
                .flatMap(worker -> followed(worker).stream()
                        .filter(each -> named == null || each.target().value().equals(named))
                        .map(each -> standby(worker, each, stored)))
                .sorted(Comparator.comparing(Standby::target).thenComparing(Standby::directory))
                .toList());
    }

    private static List<FollowedStandby> followed(WorkerHeartbeat worker) {
        List<FollowedStandby> standbys = worker.standbys();
        return standbys == null ? List.of() : standbys;
    }

    /** How far the log of each target is stored, by target and repository. */
    private Map<String, String> stored() {
        return windows.all().stream()
                .filter(each -> each.archivedTo() != null)
                .collect(Collectors.toMap(
                        StandbyResource::place, each -> String.valueOf(each.archivedTo()), (newest, before) -> newest));
    }

    private static String place(ListedWindow window) {
        return window.target() + " in " + window.repository();
    }

    private Standby standby(WorkerHeartbeat worker, FollowedStandby each, Map<String, String> stored) {
        Duration behind = Duration.between(each.upToDate(), clock.instant());
        String until = stored.get(each.target() + " in " + each.repository());
        return new Standby(
                each.target().value(),
                each.repository().value(),
                worker.site(),
                worker.instance(),
                each.directory(),
                worker.at(),
                each.lsn(),
                each.lastTransaction(),
                each.upToDate(),
                Math.max(0, behind.toMillis() / 1000.0),
                bytes(each.lsn(), until),
                each.trouble());
    }

    /** What is stored is told about a minute late: the standby may have more by now, and is not behind then. */
    private static @Nullable Long bytes(@Nullable String replayed, @Nullable String stored) {
        Optional<LogPosition> has = LogPosition.of(replayed);
        Optional<LogPosition> there = LogPosition.of(stored);
        return has.isEmpty() || there.isEmpty()
                ? null
                : (Long) Math.max(0, there.get().bytes() - has.get().bytes());
    }
}
