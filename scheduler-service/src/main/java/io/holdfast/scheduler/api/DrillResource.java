package io.holdfast.scheduler.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.DrillId;
import io.holdfast.scheduler.api.BackupResource.AskBody;
import io.holdfast.scheduler.catalog.CatalogChanges;
import io.holdfast.scheduler.catalog.DrillReader;
import io.holdfast.scheduler.catalog.ListedDrill;
import io.holdfast.scheduler.catalog.RestoreStatus;
import io.holdfast.scheduler.drill.DrillOrder;
import io.holdfast.scheduler.drill.DrillRequests;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** Drills: asking for them, what is known of them, and how each target stands by its last ones. */
@SecurityRequirement(name = "token")
@Path("/api/backup/test")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class DrillResource {

    private final DrillRequests requests;
    private final DrillReader catalog;
    private final CatalogChanges changes;

    DrillResource(DrillRequests requests, DrillReader catalog, CatalogChanges changes) {
        this.requests = requests;
        this.catalog = catalog;
        this.changes = changes;
    }

    /** What was asked for. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Accepted(
            String drillId,
            RestoreStatus status,
            String target,
            String site,
            @Nullable Long seed) {

        static Response of(ListedDrill drill) {
            return Response.accepted(
                            new Accepted(drill.drillId(), drill.status(), drill.target(), drill.site(), drill.seed()))
                    .build();
        }
    }

    /** A list of drills, the newest first. */
    public record Drills(List<ListedDrill> drills) {}

    /** How each target stands. */
    public record Standings(List<ListedDrill.Standing> targets) {}

    /** Asks for a drill. */
    @POST
    @Path("/restore")
    public Response order(@HeaderParam("Idempotency-Key") @Nullable String key, @Nullable DrillOrder order) {
        if (order == null) {
            throw Arguments.invalid("the body is missing", "send { \"target\": \"orders\" }");
        }
        Arguments.text("reason", order.reason());
        Arguments.requestedBy(order.requestedBy());
        return Accepted.of(requests.order(order, key));
    }

    @GET
    @Path("/restore")
    public Drills list(@QueryParam("target") @Nullable String target, @QueryParam("limit") @Nullable Integer limit) {
        return new Drills(catalog.drills(Arguments.text("target", target), Arguments.limit(limit)));
    }

    /** One drill; with {@code wait=completed} as soon as it has ended, or the time is over. */
    @GET
    @Path("/restore/{drill_id}")
    public ListedDrill get(
            @PathParam("drill_id") String id,
            @QueryParam("wait") @Nullable String wait,
            @QueryParam("timeout") @Nullable String timeout)
            throws InterruptedException {
        DrillId drill = drillId(id);
        if (wait == null) {
            return requests.require(drill);
        }
        if (!wait.equals("completed")) {
            throw Arguments.invalid("there is nothing like that to wait for", "wait for completed");
        }
        return changes.await(() -> requests.require(drill), ListedDrill::over, Arguments.timeout(timeout));
    }

    /** Asks that a drill stops. */
    @POST
    @Path("/restore/{drill_id}/cancel")
    public Response cancel(@PathParam("drill_id") String id, @Nullable AskBody body) {
        AskBody ask = AskBody.orNone(body);
        return Accepted.of(requests.cancel(
                drillId(id), Arguments.text("reason", ask.reason()), Arguments.requestedBy(ask.requestedBy())));
    }

    /** When each target was last brought back, how long that took, how much would have been lost, and what it would take now. */
    @GET
    @Path("/status")
    public Standings standings() {
        return new Standings(requests.targets().stream().map(catalog::standing).toList());
    }

    private static DrillId drillId(String text) {
        try {
            return DrillId.of(text);
        } catch (IllegalArgumentException e) {
            throw new RequestRefusedException(
                    Why.NOT_FOUND, "there is no such drill", "GET /api/backup/test/restore names them");
        }
    }
}
