package io.holdfast.scheduler.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.scheduler.alert.AlertRequests;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** Alerts: acknowledging them, and trying whether they would be told. */
@SecurityRequirement(name = "token")
@Path("/api/backup/alerts")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class AlertResource {

    private static final String SOMEBODY = "somebody";

    private final AlertRequests requests;

    AlertResource(AlertRequests requests) {
        this.requests = requests;
    }

    /** Who asks. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record TestBody(@Nullable String requestedBy) {}

    /** Which alert, and who looks after it. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record AcknowledgeBody(
            @Nullable String key,
            @Nullable String comment,
            @Nullable String requestedBy) {}

    /** The alert that it is about. */
    public record Accepted(String key) {}

    /** Asks that everybody who can be told anything be told that this is a test. */
    @POST
    @Path("/test")
    public Response test(@Nullable TestBody body) {
        AlertKey key = requests.test(body == null ? null : Arguments.requestedBy(body.requestedBy()));
        return Response.accepted(new Accepted(key.value())).build();
    }

    /** Says that somebody looks after an alert: nobody else is called, and it is not repeated. */
    @POST
    @Path("/acknowledge")
    public Response acknowledge(@Nullable AcknowledgeBody body) {
        if (body == null || body.key() == null) {
            throw Arguments.invalid("key is missing", "send { \"key\": \"backup/orders/full/main\" }");
        }
        String by = Arguments.requestedBy(body.requestedBy());
        AlertKey key = key(body.key());
        requests.acknowledge(key, by == null ? SOMEBODY : by, Arguments.text("comment", body.comment()));
        return Response.accepted(new Accepted(key.value())).build();
    }

    private static AlertKey key(String text) {
        try {
            return new AlertKey(text);
        } catch (IllegalArgumentException e) {
            throw Arguments.invalid("key cannot be that of an alert", "it stands in the message, such as wal/orders");
        }
    }
}
