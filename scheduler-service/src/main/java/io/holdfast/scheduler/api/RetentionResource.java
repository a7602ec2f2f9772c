package io.holdfast.scheduler.api;

import io.holdfast.scheduler.catalog.CatalogChanges;
import io.holdfast.scheduler.catalog.ListedRetention;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.holdfast.scheduler.retention.RetentionOrder;
import io.holdfast.scheduler.retention.RetentionRequests;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** What goes, what stays, and why; and asking for that it is looked at, or done. */
@SecurityRequirement(name = "token")
@Path("/api/backup/retention")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class RetentionResource {

    private final RetentionRequests requests;
    private final CatalogChanges changes;

    RetentionResource(RetentionRequests requests, CatalogChanges changes) {
        this.requests = requests;
        this.changes = changes;
    }

    /** How targets stand, one for each of their repositories. */
    public record Standings(List<ListedRetention.Standing> retention) {}

    /** The runs that were asked for, one for each repository. */
    public record Runs(List<ListedRetention.Run> runs) {}

    /** What is promised of a target's backups, or of all, and what the newest look at them found. */
    @GET
    public Standings list(@QueryParam("target") @Nullable String target) {
        return new Standings(requests.standings(Arguments.text("target", target)));
    }

    /** Asks for a run: a dry one with {@code dry_run}; {@code approved} agrees to what would else wait. */
    @POST
    @Path("/run")
    public Response run(@Nullable RetentionOrder order) {
        if (order == null) {
            throw Arguments.invalid("the body is missing", "send { \"target\": \"orders\", \"dry_run\": true }");
        }
        Arguments.text("reason", order.reason());
        Arguments.requestedBy(order.requestedBy());
        return Response.accepted(new Runs(requests.order(order))).build();
    }

    /** One run; with {@code wait=completed} as soon as it has ended, or the time is over. */
    @GET
    @Path("/run/{run_id}")
    public ListedRetention.Run get(
            @PathParam("run_id") String id,
            @QueryParam("wait") @Nullable String wait,
            @QueryParam("timeout") @Nullable String timeout)
            throws InterruptedException {
        UUID run = runId(id);
        if (wait == null) {
            return requests.require(run);
        }
        if (!wait.equals("completed")) {
            throw Arguments.invalid("there is nothing like that to wait for", "wait for completed");
        }
        return changes.await(() -> requests.require(run), ListedRetention.Run::over, Arguments.timeout(timeout));
    }

    private static UUID runId(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new RequestRefusedException(
                    Why.NOT_FOUND, "there is no such run", "GET /api/backup/retention names the newest of each target");
        }
    }
}
