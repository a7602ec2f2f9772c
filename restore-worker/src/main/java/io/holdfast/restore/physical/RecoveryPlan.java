package io.holdfast.restore.physical;

import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.replay.WalPath;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** How far a restored cluster is recovered, and with which WAL; decided before anything is written. Pure. */
sealed interface RecoveryPlan {

    /** The server's settings for the start that recovers, {@code name=value}. */
    List<String> settings(String restoreCommand);

    /**
     * How much room replay takes beside the files, in bytes.
     *
     * @param served how much WAL may lie ready for the server
     */
    long scratch(long served);

    /** Promoted at its target, and nobody gets in before. */
    List<String> ALWAYS = List.of("recovery_target_action=promote", "hot_standby=off");

    /** To the backup's own end. Its WAL lies in pg_wal before the server starts. */
    record ToBackupsEnd() implements RecoveryPlan {
        static final String NOTHING_TO_ADD = "false";

        @Override
        public long scratch(long served) {
            return 0;
        }

        @Override
        public List<String> settings(String restoreCommand) {
            return join(
                    List.of(
                            "restore_command=" + restoreCommand,
                            "recovery_target=immediate",
                            "recovery_target_timeline=current"),
                    ALWAYS);
        }
    }

    /**
     * Along stored WAL, which is served.
     *
     * @param target not the backup's end
     * @param timeline the one that is followed
     * @param path what is replayed, at most
     * @param within whether the target is known to lie on the path, so that no record behind it is needed as a proof
     */
    record Along(RecoveryTarget target, int timeline, WalPath path, boolean within) implements RecoveryPlan {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS'+00'").withZone(ZoneOffset.UTC);

        @Override
        public List<String> settings(String restoreCommand) {
            return join(along(restoreCommand), stop(target), ALWAYS);
        }

        /** A server keeps what it replayed until a restart point, which comes at about twice {@code max_wal_size}. */
        @Override
        public long scratch(long served) {
            return served + Math.min(path.bytes(), 2L << 30);
        }

        /** The same once more, to the end of a record that it was recovered to before. */
        List<String> settingsTo(Lsn record, String restoreCommand) {
            return join(
                    along(restoreCommand),
                    List.of("recovery_target_lsn=" + record, "recovery_target_inclusive=on"),
                    ALWAYS);
        }

        private List<String> along(String restoreCommand) {
            return List.of(
                    "restore_command=" + restoreCommand,
                    "recovery_target_timeline=" + Integer.toUnsignedString(timeline));
        }

        private static List<String> stop(RecoveryTarget target) {
            return switch (target) {
                case RecoveryTarget.Latest latest -> List.of();
                case RecoveryTarget.Immediate immediate -> List.of("recovery_target=immediate");
                case RecoveryTarget.Time time ->
                    List.of(
                            "recovery_target_time=" + TIME.format(toMicros(time)),
                            inclusive(!Boolean.TRUE.equals(time.exclusive())));
                case RecoveryTarget.Position position ->
                    List.of(
                            "recovery_target_lsn=" + position.lsn(),
                            inclusive(!Boolean.TRUE.equals(position.exclusive())));
                case RecoveryTarget.Transaction transaction ->
                    List.of(
                            "recovery_target_xid=" + Integer.toUnsignedString((int) transaction.xid()),
                            inclusive(!Boolean.TRUE.equals(transaction.exclusive())));
                case RecoveryTarget.Named named -> List.of("recovery_target_name=" + named.name());
            };
        }

        /** The server counts in microseconds: what was committed before a moment between two of them is on its left. */
        private static Instant toMicros(RecoveryTarget.Time target) {
            Instant down = target.time().truncatedTo(ChronoUnit.MICROS);
            boolean up = Boolean.TRUE.equals(target.exclusive()) && down.isBefore(target.time());
            return up ? down.plus(1, ChronoUnit.MICROS) : down;
        }

        private static String inclusive(boolean is) {
            return "recovery_target_inclusive=" + (is ? "on" : "off");
        }
    }

    @SafeVarargs
    private static List<String> join(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }
}
