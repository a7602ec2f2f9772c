package io.holdfast.scheduler.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.wal.WalArchived;
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

    /**
     * What came of it.
     *
     * @param added  backups that were not known
     * @param known  backups that were
     * @param pieces pieces of log that were not known
     */
    public record Noted(int added, int known, int pieces) {}

    /**
     * Takes backups that were found in a repository, as {@code backup.completed.v1} says them, and pieces of log, as {@code
     * wal.archived.v1} does; at most 100 of each at once.
     */
    @POST
    @Path("/found")
    public Noted note(@Nullable JsonNode body) {
        List<BackupCompleted> backups = read(body, "backups", BackupCompleted.class);
        List<WalArchived> log = read(body, "wal", WalArchived.class);
        if (body == null || !body.has("backups") && !body.has("wal")) {
            throw Arguments.invalid(
                    "backups and wal are missing", "holdfast catalog rebuild sends them as they are found");
        }
        int added = found.note(backups);
        return new Noted(added, backups.size() - added, found.noteLog(log));
    }

    private static <T> List<T> read(@Nullable JsonNode body, String field, Class<T> type) {
        JsonNode all = body == null ? null : body.get(field);
        if (all == null) {
            return List.of();
        }
        if (!all.isArray() || all.size() > MOST) {
            throw Arguments.invalid(
                    field + " is no list, or has more than " + MOST,
                    "holdfast catalog rebuild sends them as they are found");
        }
        List<T> read = new ArrayList<>();
        for (JsonNode each : all) {
            try {
                read.add(JSON.treeToValue(each, type));
            } catch (JsonProcessingException | IllegalArgumentException e) {
                throw Arguments.invalid(
                        "one of " + field + " is not as its event says it", "see the schemas in common-events");
            }
        }
        return read;
    }
}
