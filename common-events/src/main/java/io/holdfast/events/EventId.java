package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * The identity of one event: a repeat with the same id is the same event. Holdfast's own are UUIDs; those of other
 * publishers may be any CloudEvents id of at most 200 printable characters.
 *
 * @param value the id as it stands on the wire
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#id">CloudEvents, id</a>
 */
public record EventId(@JsonValue String value) {

    private static final int MAX_LENGTH = 200;

    @JsonCreator
    public EventId {
        if (value.isBlank() || value.length() > MAX_LENGTH || value.codePoints().anyMatch(EventId::cannotBeSaid)) {
            throw new IllegalArgumentException(
                    "an event id has 1 to " + MAX_LENGTH + " printable characters, this one has " + value.length());
        }
    }

    private static boolean cannotBeSaid(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.CONTROL || type == Character.SURROGATE;
    }

    /**
     * The id of an event that follows from something already identified, always the same for the same parts: whoever
     * repeats the work repeats the event. A UUID of version 8 (RFC 9562) over SHA-256.
     */
    public static EventId derived(String... parts) {
        return new EventId(nameBased(String.join("\u0000", parts)).toString());
    }

    /** The UUID that stands for this id where one is needed: itself if it is one, else derived from it. */
    public UUID asUuid() {
        try {
            UUID uuid = UUID.fromString(value);
            return uuid.toString().equalsIgnoreCase(value) ? uuid : nameBased(value);
        } catch (IllegalArgumentException notAUuid) {
            return nameBased(value);
        }
    }

    private static UUID nameBased(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            long high = 0;
            long low = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                high = (high << 8) | (digest[i] & 0xff);
                low = (low << 8) | (digest[Long.BYTES + i] & 0xff);
            }
            return new UUID((high & ~0xf000L) | 0x8000L, (low & 0x3fffffffffffffffL) | 0x8000000000000000L);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
