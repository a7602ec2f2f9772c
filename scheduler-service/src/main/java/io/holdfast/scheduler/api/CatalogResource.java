package io.holdfast.scheduler.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.scheduler.request.FoundBackups;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.jspecify.annotations.Nullable;

/** The catalog, where the log that it is read from was lost. */
@SecurityRequirement(name = "token")
@Path("/api/backup/catalog")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class CatalogResource {

    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final int MOST = 100;

    private final FoundBackups found;

    CatalogResource(FoundBackups found) {
        this.found = found;
    }

    /** What came of it. */
    public record Noted(int added, int known) {}

    /** Takes backups that were found in a repository, as {@code backup.completed.v1} says them; at most 100 at once. */
    @POST
    @Path("/found")
    public Noted note(@Nullable JsonNode body) {
        JsonNode backups = body == null ? null : body.get("backups");
        if (backups == null || !backups.isArray() || backups.size() > MOST) {
            throw Arguments.invalid(
                    "backups are missing, or more than " + MOST,
                    "holdfast catalog rebuild sends them as they are found");
        }
        List<BackupCompleted> all = new ArrayList<>();
        for (JsonNode backup : backups) {
            all.add(read(backup));
        }
        int added = found.note(all);
        return new Noted(added, all.size() - added);
    }

    private static BackupCompleted read(JsonNode backup) {
        try {
            return JSON.treeToValue(backup, BackupCompleted.class);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw Arguments.invalid(
                    "a backup is not one as backup.completed.v1 says it", "see its schema in common-events");
        }
    }
}
