package io.holdfast.repository.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which backups are held. They lie in the repository, so that they outlast whatever is kept elsewhere. Only who may delete
 * can release one. Safe for use by several threads.
 */
public record Holds(ObjectStore store, PlaceLayout layout) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 64 << 10;
    private static final String FORMAT = "holdfast-hold";

    /**
     * Holds a backup. It is not deleted from when this returns.
     *
     * @throws RepositoryException.NotFound if there is no such backup, or it is being deleted already
     * @throws RepositoryException.Conflict if there is another hold of this identifier
     */
    public void put(Hold hold) throws RepositoryException {
        if (store.head(layout.manifest(hold.backup())).isEmpty()) {
            throw gone(hold);
        }
        ObjectKey key = layout.hold(hold.backup(), hold.id());
        store.putIfAbsent(key, encode(hold));
        // Looked for behind it: whoever deletes writes the tombstone first and looks for holds then.
        if (new Tombstones(store, layout).has(hold.backup())) {
            throw gone(hold);
        }
        if (!read(key).equals(Optional.of(hold))) {
            throw new RepositoryException.Conflict(
                    "There is another hold " + hold.id() + " of backup " + hold.backup() + ".",
                    "choose another identifier, or release that one first.");
        }
    }

    private RepositoryException.NotFound gone(Hold hold) {
        return new RepositoryException.NotFound(
                "There is no backup " + hold.backup() + " of " + layout.target() + " that could be held.",
                "list the backups of this target; one that is being deleted cannot be held any more.");
    }

    /** Releases a hold; says whether there was one. */
    public boolean release(BackupId backup, String id, DeletableStore deletable) throws RepositoryException {
        return deletable.delete(layout.hold(backup, id));
    }

    /** Backups that are held, by one hold or more. Nothing is read but names. */
    public Set<BackupId> held() throws RepositoryException {
        Set<BackupId> held = new HashSet<>();
        for (ObjectKey key : keys("")) {
            held.add(backup(key));
        }
        return held;
    }

    /** Whether a backup is held. */
    public boolean has(BackupId backup) throws RepositoryException {
        return store.list(layout.holds() + backup + "/").hasNext();
    }

    /** All holds. One that cannot be read holds all the same, and says so in place of a reason. */
    public List<Hold> list() throws RepositoryException {
        List<Hold> found = new ArrayList<>();
        for (ObjectKey key : keys("")) {
            found.add(read(key)
                    .orElse(new Hold(
                            backup(key), key.lastSegment(), "what this hold says cannot be read", "", Instant.EPOCH)));
        }
        return found;
    }

    private List<ObjectKey> keys(String below) throws RepositoryException {
        List<ObjectKey> found = new ArrayList<>();
        ObjectStore.Listing listing = store.list(layout.holds() + below);
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            String[] names = key.value().substring(layout.holds().length()).split("/", -1);
            // Anything else in there was not made by a writer of this format.
            if (names.length == 2 && ObjectKey.isName(names[0]) && ObjectKey.isName(names[1])) {
                found.add(key);
            }
        }
        return found;
    }

    private BackupId backup(ObjectKey key) {
        String rest = key.value().substring(layout.holds().length());
        return new BackupId(rest.substring(0, rest.indexOf('/')));
    }

    private static byte[] encode(Hold hold) {
        ObjectNode document = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("version", 1)
                .put("reason", hold.reason())
                .put("held_by", hold.heldBy())
                .put("held_at", hold.heldAt().toString());
        try {
            return JSON.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A hold cannot be written", e);
        }
    }

    private Optional<Hold> read(ObjectKey key) throws RepositoryException {
        try (InputStream in = store.open(key)) {
            JsonNode document = JSON.readTree(in.readNBytes(LONGEST));
            return Optional.of(new Hold(
                    backup(key),
                    key.lastSegment(),
                    document.path("reason").asText(),
                    document.path("held_by").asText(),
                    Instant.parse(document.path("held_at").asText())));
        } catch (JsonProcessingException | DateTimeException e) {
            return Optional.empty();
        } catch (RepositoryException.NotFound e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
