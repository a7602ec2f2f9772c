package io.holdfast.scheduler.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.RestoreId;
import io.holdfast.scheduler.api.BackupResource.AskBody;
import io.holdfast.scheduler.catalog.CatalogChanges;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.RestoreStatus;
import io.holdfast.scheduler.catalog.Waiting;
import io.holdfast.scheduler.restore.RestoreOrder;
import io.holdfast.scheduler.restore.RestoreRequests;
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

/** Restores: asking for them, and what is known of them. */
@SecurityRequirement(name = "token")
@Path("/api/backup/restore")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class RestoreResource {

    private final RestoreRequests requests;
    private final CatalogReader catalog;
    private final CatalogChanges changes;

    RestoreResource(RestoreRequests requests, CatalogReader catalog, CatalogChanges changes) {
        this.requests = requests;
        this.catalog = catalog;
        this.changes = changes;
    }

    /** What was asked for. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Accepted(String restoreId, RestoreStatus status, String backupId, String target, String site) {

        static Response of(Listed.Restore restore) {
            return Response.accepted(new Accepted(
                            restore.restoreId(),
                            restore.status(),
                            restore.backupId(),
                            restore.target(),
                            restore.site()))
                    .build();
        }
    }

    /** A list of restores, the newest first. */
    public record Restores(List<Listed.Restore> restores) {}

    /** Asks for a restore. */
    @POST
    public Response order(@HeaderParam("Idempotency-Key") @Nullable String key, @Nullable RestoreOrder order) {
        if (order == null) {
            throw Arguments.invalid("the body is missing", "send { \"backup_id\": …, \"directory\": … }");
        }
        return ask(key, order);
    }

    /** Asks that a target is recovered to a moment. */
    @POST
    @Path("/pitr")
    public Response recover(@HeaderParam("Idempotency-Key") @Nullable String key, @Nullable RestoreOrder order) {
        if (order == null || !order.namesMoment()) {
            throw Arguments.invalid(
                    "the moment is missing",
                    "send { \"target\": …, \"to_time\": \"2026-11-21T10:00:00Z\", \"directory\": … }, or latest, to_lsn, to_xid,"
                            + " to_name");
        }
        return ask(key, order);
    }

    private Response ask(@Nullable String key, RestoreOrder order) {
        Arguments.text("reason", order.reason());
        Arguments.requestedBy(order.requestedBy());
        Arguments.text("source_database", order.sourceDatabase());
        return Accepted.of(requests.order(order, key));
    }

    @GET
    public Restores list(@QueryParam("limit") @Nullable Integer limit) {
        return new Restores(catalog.restores(Arguments.limit(limit)));
    }

    /** One restore; with {@code wait=completed} as soon as it has ended, or the time is over. */
    @GET
    @Path("/{restore_id}")
    public Listed.Restore get(
            @PathParam("restore_id") String id,
            @QueryParam("wait") @Nullable String wait,
            @QueryParam("timeout") @Nullable String timeout)
            throws InterruptedException {
        RestoreId restore = Arguments.restoreId(id);
        if (wait == null) {
            return requests.require(restore);
        }
        if (!wait.equals("completed")) {
            throw Arguments.invalid("there is nothing like that to wait for", "wait for completed");
        }
        return changes.await(() -> requests.require(restore), Waiting::over, Arguments.timeout(timeout));
    }

    /** Asks that a restore stops. */
    @POST
    @Path("/{restore_id}/cancel")
    public Response cancel(@PathParam("restore_id") String id, @Nullable AskBody body) {
        AskBody ask = AskBody.orNone(body);
        return Accepted.of(requests.cancel(
                Arguments.restoreId(id),
                Arguments.text("reason", ask.reason()),
                Arguments.requestedBy(ask.requestedBy())));
    }
}
