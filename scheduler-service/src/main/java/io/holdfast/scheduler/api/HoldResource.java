package io.holdfast.scheduler.api;

import io.holdfast.scheduler.catalog.CatalogChanges;
import io.holdfast.scheduler.catalog.ListedRetention;
import io.holdfast.scheduler.catalog.RetentionReader;
import io.holdfast.scheduler.retention.HoldOrder;
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
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** Holds: backups that stay whatever the policy says. */
@SecurityRequirement(name = "token")
@Path("/api/backup/hold")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class HoldResource {

    private final RetentionRequests requests;
    private final RetentionReader catalog;
    private final CatalogChanges changes;

    HoldResource(RetentionRequests requests, RetentionReader catalog, CatalogChanges changes) {
        this.requests = requests;
        this.catalog = catalog;
        this.changes = changes;
    }

    /** Holds that keep backups, and those that something is asked of. */
    public record Holds(List<ListedRetention.Hold> holds) {}

    @GET
    public Holds list(@QueryParam("target") @Nullable String target) {
        return new Holds(catalog.holds(Arguments.text("target", target)));
    }

    /** Asks that a backup is held. */
    @POST
    public Response put(@Nullable HoldOrder order) {
        return Response.accepted(requests.hold(checked(order), false)).build();
    }

    /** Asks that a hold is released. */
    @POST
    @Path("/release")
    public Response release(@Nullable HoldOrder order) {
        return Response.accepted(requests.hold(checked(order), true)).build();
    }

    /** One hold; with {@code wait=completed} as soon as what was asked is answered, or the time is over. */
    @GET
    @Path("/{backup_id}/{name}")
    public ListedRetention.Hold get(
            @PathParam("backup_id") String backup,
            @PathParam("name") String name,
            @QueryParam("wait") @Nullable String wait,
            @QueryParam("timeout") @Nullable String timeout)
            throws InterruptedException {
        if (wait == null) {
            return requests.require(backup, name);
        }
        if (!wait.equals("completed")) {
            throw Arguments.invalid("there is nothing like that to wait for", "wait for completed");
        }
        return changes.await(
                () -> requests.require(backup, name), ListedRetention.Hold::over, Arguments.timeout(timeout));
    }

    private static HoldOrder checked(@Nullable HoldOrder order) {
        if (order == null) {
            throw Arguments.invalid("the body is missing", "send { \"backup_id\": \"…\", \"reason\": \"…\" }");
        }
        Arguments.text("reason", order.reason());
        Arguments.requestedBy(order.requestedBy());
        return order;
    }
}
