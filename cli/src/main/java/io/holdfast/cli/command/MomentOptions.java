package io.holdfast.cli.command;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RecoveryTimeline;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How far a cluster is recovered. */
final class MomentOptions {
    private static final String HINT = " HINT: ";

    @Option(names = "--latest", description = "recover as far as the stored WAL reaches")
    boolean latest;

    @Option(
            names = {"--to-time", "--pitr"},
            paramLabel = "TIME",
            description = "recover what was committed until then: 2026-11-21T10:00:00Z, or with an offset from UTC")
    @Nullable
    String time;

    @Option(
            names = {"--to-lsn", "--target-lsn"},
            paramLabel = "LSN",
            description = "recover up to this position, such as 2/3A0001F8")
    @Nullable
    String lsn;

    @Option(names = "--to-xid", paramLabel = "XID", description = "recover up to this transaction")
    @Nullable
    Long xid;

    @Option(
            names = "--to-name",
            paramLabel = "NAME",
            description = "recover up to this restore point, named with pg_create_restore_point")
    @Nullable
    String name;

    @Option(names = "--exclusive", description = "leave out what lies exactly at --to-time, --to-lsn or --to-xid")
    boolean exclusive;

    @Option(
            names = "--timeline",
            paramLabel = "latest|current|N",
            description = "which timeline is followed (default: latest; current is the backup's own)")
    @Nullable
    String timeline;

    /** The moment, if one is named. Beside another one {@code --latest} only says that no backup is chosen. */
    Optional<RecoveryTarget> moment() throws CommandFailure {
        long others = Stream.of(time, lsn, xid, name).filter(Objects::nonNull).count();
        if (others > 1) {
            throw usage("more than one moment is named", "give one of --to-time, --to-lsn, --to-xid and --to-name");
        }
        long said = latest ? 1 : others;
        if (said == 0 && (exclusive || timeline != null)) {
            throw usage(
                    (exclusive ? "--exclusive" : "--timeline") + " needs a moment to recover to",
                    "add --latest, --to-time, --to-lsn, --to-xid or --to-name");
        }
        if (exclusive && (others == 0 || name != null)) {
            throw usage(
                    "--exclusive has no meaning for --latest and --to-name",
                    "leave it out, or give --to-time, --to-lsn or --to-xid");
        }
        return said == 0 ? Optional.empty() : Optional.of(named());
    }

    private RecoveryTarget named() throws CommandFailure {
        Boolean without = exclusive ? true : null;
        String chosen = timeline;
        RecoveryTimeline along = chosen == null ? null : read("--timeline", () -> new RecoveryTimeline(chosen));
        if (time != null) {
            String text = time;
            return new RecoveryTarget.Time(read("--to-time", () -> RecoveryTarget.Time.parse(text)), without, along);
        }
        if (lsn != null) {
            String text = lsn;
            return read("--to-lsn", () -> new RecoveryTarget.Position(text, without, along));
        }
        if (xid != null) {
            long number = xid;
            return read("--to-xid", () -> new RecoveryTarget.Transaction(number, without, along));
        }
        if (name != null) {
            String text = name;
            return read("--to-name", () -> new RecoveryTarget.Named(text, along));
        }
        return new RecoveryTarget.Latest(along);
    }

    /** As fields of the API's request; none where no moment is named. */
    Map<String, Object> fields() throws CommandFailure {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (moment().isPresent()) {
            Fields.put(fields, "latest", named() instanceof RecoveryTarget.Latest ? true : null);
            Fields.put(fields, "to_time", time);
            Fields.put(fields, "to_lsn", lsn);
            Fields.put(fields, "to_xid", xid);
            Fields.put(fields, "to_name", name);
            Fields.put(fields, "exclusive", exclusive ? true : null);
            Fields.put(fields, "timeline", timeline);
        }
        return fields;
    }

    private static <T> T read(String option, Supplier<T> value) throws CommandFailure {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int hint = message.indexOf(HINT);
            throw hint < 0
                    ? usage(option + ": " + message, "see holdfast restore --help")
                    : usage(option + ": " + message.substring(0, hint), message.substring(hint + HINT.length()));
        }
    }

    private static CommandFailure usage(String message, String hint) {
        return new CommandFailure(ExitCode.USAGE, message, hint);
    }
}
