package io.holdfast.repository;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The object that makes a store a repository.
 *
 * @param id tells repositories apart, also after one was copied or moved
 */
record RepositoryMarker(UUID id) {
    static final ObjectKey KEY = new ObjectKey("holdfast-repository.json");
    static final int VERSION = 1;

    private static final int LONGEST = 1 << 16;
    private static final String FORMAT = "holdfast-repository";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    byte[] encode() {
        return "{\"format\":\"%s\",\"version\":%d,\"repository_id\":\"%s\"}\n"
                .formatted(FORMAT, VERSION, id)
                .getBytes(StandardCharsets.US_ASCII);
    }

    static RepositoryMarker read(ObjectStore store) throws RepositoryException {
        try (InputStream in = store.open(KEY)) {
            JsonNode marker = JSON.readTree(in.readNBytes(LONGEST));
            if (!FORMAT.equals(marker.path("format").asText())) {
                throw damaged(store, "it does not say " + FORMAT);
            }
            int version = marker.path("version").asInt();
            if (version != VERSION) {
                throw new RepositoryException.Unusable(
                        "The repository in " + store.describe() + " has version " + version + " of the format.",
                        "use a newer Holdfast; this one knows version " + VERSION + ".");
            }
            return new RepositoryMarker(
                    UUID.fromString(marker.path("repository_id").asText()));
        } catch (RepositoryException.NotFound e) {
            throw new RepositoryException.Unusable(
                    "There is no repository in " + store.describe() + ".",
                    "check the address, and that the disk or bucket is the right one; a new repository is made by the"
                            + " first backup.",
                    e);
        } catch (RepositoryException e) {
            throw e;
        } catch (IllegalArgumentException | com.fasterxml.jackson.core.JsonProcessingException e) {
            throw damaged(store, "it is not the JSON that it should be");
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + KEY);
        }
    }

    private static RepositoryException.Damaged damaged(ObjectStore store, String detail) {
        return new RepositoryException.Damaged(
                "The marker " + KEY + " in " + store.describe() + " is damaged: " + detail + ".",
                "put back the copy of it from another copy of this repository.");
    }
}
