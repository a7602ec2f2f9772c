package io.holdfast.repository.sweep;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When the sweep first saw an attempt that had not ended. So only the sweeper's clock decides when one is given up, and
 * not that of the host that writes.
 */
record Sightings(ObjectStore store, PlaceLayout layout) {
    private static final Pattern CONTENT =
            Pattern.compile("\\{\"format\":\"holdfast-sighting\",\"version\":1,\"seen_at\":\"([^\"]*)\"}\n");
    private static final int LONGEST = 200;

    /** When the attempt was first seen; that is now, if it never was before. */
    Instant firstSeen(AttemptReference attempt, Instant now) throws RepositoryException {
        ObjectKey key = layout.sighting(attempt.backup(), attempt.attempt());
        String content = "{\"format\":\"holdfast-sighting\",\"version\":1,\"seen_at\":\"" + now + "\"}\n";
        return switch (store.putIfAbsent(key, content.getBytes(StandardCharsets.US_ASCII))) {
            case CREATED -> now;
            case EXISTS -> read(key);
        };
    }

    /** One that cannot be read lies ahead of all others: it must neither end an attempt nor hinder what has to go. */
    private Instant read(ObjectKey key) throws RepositoryException {
        try (InputStream in = store.open(key)) {
            Matcher matcher = CONTENT.matcher(new String(in.readNBytes(LONGEST), StandardCharsets.US_ASCII));
            return matcher.matches() ? Instant.parse(matcher.group(1)) : Instant.MAX;
        } catch (DateTimeParseException e) {
            return Instant.MAX;
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
