package io.holdfast.restore.drill;

import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillReason;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes what drills tell of single checks; no detail is longer than an event bears. */
final class Findings {
    private static final int LONGEST = 500;

    private Findings() {}

    static DrillCheck passed(String name, @Nullable String database, String detail) {
        return new DrillCheck(name, database, true, cut(detail), null);
    }

    static DrillCheck failed(String name, @Nullable String database, String detail, DrillReason reason) {
        return new DrillCheck(name, database, false, cut(detail), reason);
    }

    static DrillCheck skipped(String name, String why) {
        return new DrillCheck(name, null, null, cut(why), null);
    }

    /** A statement of ours failed, which reads what has to be readable. */
    static DrillCheck broken(String name, @Nullable String database, SQLException e) {
        return failed(name, database, String.valueOf(e.getMessage()), reason(e));
    }

    static DrillReason reason(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (state.equals("XX001") || message.contains("invalid page")) {
            return DrillReason.CORRUPTED_PAGE;
        }
        return state.startsWith("XX") ? DrillReason.CORRUPTED_STRUCTURE : DrillReason.OTHER;
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
