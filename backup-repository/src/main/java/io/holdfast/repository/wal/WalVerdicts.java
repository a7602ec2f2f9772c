package io.holdfast.repository.wal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What reading found of objects of the log that are not as they were stored. It lies in the repository, so that whoever looks
 * for a window there leaves them out. Nothing is ever changed: of the verdicts on an object, which are numbered, the last one
 * counts, and of two with the same number the worse. They are not sealed: whoever can write to the store can also damage
 * what lies there. Safe for use by several threads and processes.
 */
public record WalVerdicts(ObjectStore store, PlaceLayout layout) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "holdfast-wal-verdict";
    private static final int LONGEST = 64 << 10;
    private static final Pattern NAME =
            Pattern.compile("(([0-9A-F]{8})[0-9A-F]{16}(?:\\.[0-9a-f]{8}-[0-9a-f]{8})?)/([0-9]{8})-([a-z]+)");

    /** What can be found. */
    public enum Finding {
        /** It is as it was stored, or was replaced by what is. */
        SOUND,
        /** Its bytes are not those that were stored. */
        DAMAGED,
        /** It is another cluster's. */
        FOREIGN;

        /** As it is written. */
        public String wireName() {
            return switch (this) {
                case SOUND -> "sound";
                case DAMAGED -> "damaged";
                case FOREIGN -> "foreign";
            };
        }

        private static Finding of(String wireName) {
            return switch (wireName) {
                case "sound" -> SOUND;
                case "foreign" -> FOREIGN;
                // Whatever a later version may find is nothing to recover with.
                default -> DAMAGED;
            };
        }
    }

    /** The last verdict on an object. */
    private record Last(int number, Finding finding, ObjectKey key) {}

    /** The objects that are not to be used, by the names of verdicts alone. */
    public Set<ObjectKey> unsound() throws RepositoryException {
        Set<ObjectKey> unsound = new HashSet<>();
        last(layout.walVerdicts()).forEach((object, verdict) -> {
            if (verdict.finding() != Finding.SOUND) {
                unsound.add(object);
            }
        });
        return unsound;
    }

    /**
     * An object that is not to be used.
     *
     * @param detail what is wrong with it, for people
     */
    public record Unsound(ObjectKey object, Finding finding, String detail) {}

    /** The same, with what was said of each. */
    public Set<Unsound> read() throws RepositoryException {
        Set<Unsound> read = new HashSet<>();
        for (Map.Entry<ObjectKey, Last> each : last(layout.walVerdicts()).entrySet()) {
            if (each.getValue().finding() != Finding.SOUND) {
                read.add(new Unsound(
                        each.getKey(),
                        each.getValue().finding(),
                        detail(each.getKey(), each.getValue().key())));
            }
        }
        return read;
    }

    /**
     * Says what was found of an object; nothing new is stored where that was the last word.
     *
     * @param object of the log of this place, a segment or an increment
     * @param detail for people
     */
    public void put(ObjectKey object, Finding finding, String detail, Instant at) throws RepositoryException {
        Last last = last(layout.walVerdicts(object)).get(object);
        boolean isNews = last == null ? finding != Finding.SOUND : last.finding() != finding;
        if (isNews) {
            int number = last == null ? 1 : last.number() + 1;
            store.putIfAbsent(
                    layout.walVerdict(object, "%08d-%s".formatted(number, finding.wireName())), encode(detail, at));
        }
    }

    private Map<ObjectKey, Last> last(String prefix) throws RepositoryException {
        Map<ObjectKey, Last> found = new HashMap<>();
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            Matcher name =
                    NAME.matcher(key.value().substring(layout.walVerdicts().length()));
            if (name.matches()) {
                ObjectKey object = new ObjectKey(layout.wal() + name.group(2) + "/" + name.group(1));
                Last verdict = new Last(Integer.parseInt(name.group(3)), Finding.of(name.group(4)), key);
                found.merge(object, verdict, WalVerdicts::laterOrWorse);
            }
        }
        return found;
    }

    private static Last laterOrWorse(Last one, Last other) {
        if (one.number() != other.number()) {
            return one.number() > other.number() ? one : other;
        }
        return one.finding().compareTo(other.finding()) > 0 ? one : other;
    }

    private static byte[] encode(String detail, Instant at) {
        try {
            return JSON.writeValueAsBytes(JSON.createObjectNode()
                    .put("format", FORMAT)
                    .put("version", 1)
                    .put("detail", detail)
                    .put("found_at", at.toString()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A verdict cannot be written", e);
        }
    }

    private String detail(ObjectKey object, ObjectKey verdict) throws RepositoryException {
        try (InputStream in = store.open(verdict)) {
            return JSON.readTree(in.readNBytes(LONGEST)).path("detail").asText();
        } catch (JsonProcessingException | RepositoryException.NotFound e) {
            return "The WAL object " + object + " was found to be unusable; what was wrong with it cannot be read.";
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + verdict);
        }
    }
}
