package io.holdfast.events.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Which timeline a recovery follows: {@code latest} (the newest that is stored), {@code current} (the backup's own) or a
 * number.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-RECOVERY-TARGET-TIMELINE">
 *     recovery_target_timeline</a>
 */
public record RecoveryTimeline(@JsonValue String value) {
    public static final RecoveryTimeline LATEST = new RecoveryTimeline("latest");
    public static final RecoveryTimeline CURRENT = new RecoveryTimeline("current");

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    @JsonCreator
    public RecoveryTimeline {
        if (!value.equals("latest")
                && !value.equals("current")
                && !NUMBER.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "that is no timeline to recover along. HINT: write latest, current, or a timeline's number such as 3.");
        }
    }

    /** The timeline, where it is chosen by its number. */
    public OptionalInt number() {
        return NUMBER.matcher(value).matches() ? OptionalInt.of(Integer.parseInt(value)) : OptionalInt.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
