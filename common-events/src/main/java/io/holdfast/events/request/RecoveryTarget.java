package io.holdfast.events.request;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far a restored cluster is recovered.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-wal.html#RUNTIME-CONFIG-WAL-RECOVERY-TARGET">
 *     Recovery Target</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = RecoveryTarget.Latest.class, name = "latest"),
    @JsonSubTypes.Type(value = RecoveryTarget.Immediate.class, name = "immediate"),
    @JsonSubTypes.Type(value = RecoveryTarget.Time.class, name = "time"),
    @JsonSubTypes.Type(value = RecoveryTarget.Position.class, name = "lsn"),
    @JsonSubTypes.Type(value = RecoveryTarget.Transaction.class, name = "xid"),
    @JsonSubTypes.Type(value = RecoveryTarget.Named.class, name = "name")
})
public sealed interface RecoveryTarget {

    /** Which timeline is followed; {@code latest} where nothing is said. */
    @JsonIgnore
    RecoveryTimeline along();

    /**
     * As far as the stored WAL reaches.
     *
     * @param timeline which timeline is followed: latest, current or a number; absent: latest
     */
    record Latest(@Nullable RecoveryTimeline timeline) implements RecoveryTarget {
        @Override
        public RecoveryTimeline along() {
            return orLatest(timeline);
        }
    }

    /** The backup's own end. */
    record Immediate() implements RecoveryTarget {
        @Override
        public RecoveryTimeline along() {
            return RecoveryTimeline.CURRENT;
        }
    }

    /**
     * A moment: everything that was committed until then.
     *
     * @param time      by the server's clock
     * @param exclusive whether what was committed at just that time is left out; absent: no
     * @param timeline  which timeline is followed: latest, current or a number; absent: latest
     */
    record Time(
            Instant time,
            @Nullable Boolean exclusive,
            @Nullable RecoveryTimeline timeline) implements RecoveryTarget {
        /**
         * Reads a moment as people write it: {@code 2026-11-21T10:00:00Z}, {@code 2026-11-21 11:00:00.5+01:00}.
         *
         * @throws IllegalArgumentException if it is no moment; one without a zone is none
         */
        public static Instant parse(String text) {
            try {
                return OffsetDateTime.parse(text.strip().replaceFirst(" ", "T")).toInstant();
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(
                        "that is no moment with a zone. HINT: write 2026-11-21T10:00:00Z, or with the offset from UTC"
                                + " 2026-11-21T11:00:00+01:00.",
                        e);
            }
        }

        @Override
        public RecoveryTimeline along() {
            return orLatest(timeline);
        }
    }

    /**
     * A position in the write-ahead log.
     *
     * @param lsn       the position, {@code 2/3A0001F8}
     * @param exclusive whether the record that begins there is left out; absent: no
     * @param timeline  which timeline is followed: latest, current or a number; absent: latest
     */
    record Position(
            String lsn,
            @Nullable Boolean exclusive,
            @Nullable RecoveryTimeline timeline) implements RecoveryTarget {
        private static final Pattern LSN = Pattern.compile("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}");

        public Position {
            if (!LSN.matcher(lsn).matches()) {
                throw new IllegalArgumentException(
                        "that is no position in the write-ahead log. HINT: write it as pg_current_wal_lsn() does, 2/3A0001F8.");
            }
        }

        @Override
        public RecoveryTimeline along() {
            return orLatest(timeline);
        }
    }

    /**
     * A transaction: everything that was committed before it, and itself.
     *
     * @param xid       its id, as {@code pg_current_xact_id()} gives it, with or without the epoch
     * @param exclusive whether the transaction itself is left out; absent: no
     * @param timeline  which timeline is followed: latest, current or a number; absent: latest
     */
    record Transaction(
            long xid, @Nullable Boolean exclusive, @Nullable RecoveryTimeline timeline) implements RecoveryTarget {
        private static final long FIRST_NORMAL = 3;

        public Transaction {
            if (xid < FIRST_NORMAL) {
                throw new IllegalArgumentException(
                        "that is no transaction's id. HINT: they begin with 3; pg_current_xact_id() gives them.");
            }
        }

        @Override
        public RecoveryTimeline along() {
            return orLatest(timeline);
        }
    }

    /**
     * A point that was named with {@code pg_create_restore_point}.
     *
     * @param name     its name; of several with the same name the first behind the backup's end
     * @param timeline which timeline is followed: latest, current or a number; absent: latest
     */
    record Named(String name, @Nullable RecoveryTimeline timeline) implements RecoveryTarget {
        // MAXFNAMELEN with its closing zero.
        private static final int LONGEST = 63;

        public Named {
            if (name.isEmpty()
                    || name.getBytes(StandardCharsets.UTF_8).length > LONGEST
                    || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "that is no restore point's name. HINT: they have 1 to " + LONGEST + " bytes.");
            }
        }

        @Override
        public RecoveryTimeline along() {
            return orLatest(timeline);
        }
    }

    private static RecoveryTimeline orLatest(@Nullable RecoveryTimeline timeline) {
        return timeline == null ? RecoveryTimeline.LATEST : timeline;
    }
}
