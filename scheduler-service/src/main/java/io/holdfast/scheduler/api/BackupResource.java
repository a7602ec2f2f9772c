package io.holdfast.scheduler.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.BackupId;
import io.holdfast.scheduler.catalog.BackupStatus;
import io.holdfast.scheduler.catalog.CatalogChanges;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.CatalogReader.Filter;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.Waiting;
import io.holdfast.scheduler.configuration.Configuration;
import io.holdfast.scheduler.request.BackupRequests;
import io.holdfast.scheduler.request.BackupRequests.Wanted;
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

/** Backups: asking for them, and what is known of them. */
@SecurityRequirement(name = "token")
@Path("/api/backup")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class BackupResource {

    private final BackupRequests requests;
    private final CatalogReader catalog;
    private final CatalogChanges changes;

    BackupResource(BackupRequests requests, CatalogReader catalog, CatalogChanges changes) {
        this.requests = requests;
        this.catalog = catalog;
        this.changes = changes;
    }

    /** The body of a request for a backup. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record CreateBody(
            @Nullable String target,
            @Nullable String kind,
            @Nullable String repository,
            @Nullable String reason,
            @Nullable String requestedBy) {}

    /** The body of a request to stop work; may be left out. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record AskBody(@Nullable String reason, @Nullable String requestedBy) {

        static AskBody orNone(@Nullable AskBody body) {
            return body == null ? new AskBody(null, null) : body;
        }
    }

    /** The body of a request to read a backup back; may be left out. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record VerifyBody(
            @Nullable String level, @Nullable String requestedBy) {

        static VerifyBody orNone(@Nullable VerifyBody body) {
            return body == null ? new VerifyBody(null, null) : body;
        }
    }

    /**
     * What was asked for.
     *
     * @param repository where it goes; absent: not said yet, the first of the target's
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Accepted(
            String backupId,
            BackupStatus status,
            String target,
            @Nullable String kind,
            @Nullable String repository) {

        static Accepted of(Listed.Backup backup) {
            return new Accepted(
                    backup.backupId(), backup.status(), backup.target(), backup.kind(), backup.repository());
        }

        static Response answer(Listed.Backup backup) {
            return Response.accepted(of(backup)).build();
        }
    }

    /** What was asked for, in each repository of a target. */
    public record AllAccepted(List<Accepted> backups) {}

    /** A list of backups, the newest first. */
    public record Backups(List<Listed.Backup> backups) {}

    /** Asks for a backup; with the repository {@code all} for one in each of the target's. */
    @POST
    @Path("/create")
    public Response create(@HeaderParam("Idempotency-Key") @Nullable String key, @Nullable CreateBody body) {
        if (body == null || body.target() == null) {
            throw Arguments.invalid("target is missing", "send { \"target\": \"orders\" }");
        }
        Wanted wanted = new Wanted(
                body.target(),
                Arguments.kind(body.kind()),
                body.repository(),
                Arguments.text("reason", body.reason()),
                Arguments.requestedBy(body.requestedBy()));
        if (Configuration.EVERY_REPOSITORY.equals(body.repository())) {
            return Response.accepted(new AllAccepted(requests.createInEach(wanted, key).stream()
                            .map(Accepted::of)
                            .toList()))
                    .build();
        }
        return Accepted.answer(requests.create(wanted, key));
    }

    @GET
    @Path("/list")
    public Backups list(
            @QueryParam("target") @Nullable String target,
            @QueryParam("status") @Nullable String status,
            @QueryParam("kind") @Nullable String kind,
            @QueryParam("repository") @Nullable String repository,
            @QueryParam("limit") @Nullable Integer limit) {
        BackupStatus wanted = status == null
                ? null
                : BackupStatus.named(status)
                        .orElseThrow(() -> Arguments.invalid(
                                "there is no such status",
                                "use one of " + String.join(", ", BackupStatus.wireNames())));
        String wantedKind = kind == null ? null : Arguments.kind(kind).wireName();
        return new Backups(catalog.backups(new Filter(
                Arguments.text("target", target),
                wanted,
                wantedKind,
                Arguments.text("repository", repository),
                Arguments.limit(limit))));
    }

    /** One backup; with {@code wait} as soon as it is as far, has failed, or the time is over. */
    @GET
    @Path("/{backup_id}")
    public Listed.Backup get(
            @PathParam("backup_id") String id,
            @QueryParam("wait") @Nullable String wait,
            @QueryParam("timeout") @Nullable String timeout)
            throws InterruptedException {
        BackupId backup = Arguments.backupId(id);
        if (wait == null) {
            return requests.require(backup);
        }
        Waiting until = Waiting.named(wait)
                .orElseThrow(
                        () -> Arguments.invalid("there is nothing like that to wait for", "completed or verified"));
        return changes.await(() -> requests.require(backup), until::over, Arguments.timeout(timeout));
    }

    /** Asks that the work for a backup stops. */
    @POST
    @Path("/{backup_id}/cancel")
    public Response cancel(@PathParam("backup_id") String id, @Nullable AskBody body) {
        AskBody ask = AskBody.orNone(body);
        return Accepted.answer(requests.cancel(
                Arguments.backupId(id),
                Arguments.text("reason", ask.reason()),
                Arguments.requestedBy(ask.requestedBy())));
    }

    /** Asks that a backup is read back now. */
    @POST
    @Path("/verify/{backup_id}")
    public Response verify(@PathParam("backup_id") String id, @Nullable VerifyBody body) {
        VerifyBody ask = VerifyBody.orNone(body);
        return Accepted.answer(requests.verify(
                Arguments.backupId(id),
                Arguments.verificationLevel(ask.level()),
                Arguments.requestedBy(ask.requestedBy())));
    }
}
