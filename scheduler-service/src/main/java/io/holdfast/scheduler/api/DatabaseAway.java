package io.holdfast.scheduler.api;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells that the database cannot answer just now from a mistake of this service. */
final class DatabaseAway {

    // Connection, shutdown, resources; and the catalog's tables, which are missing only until they are made anew.
    private static final Set<String> CLASSES = Set.of("08", "53", "57");
    private static final Set<String> MISSING = Set.of("42P01", "3F000");
    private static final int DEEPEST = 20;

    private DatabaseAway() {}

    static boolean is(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof SQLException sql) {
                String state = sql.getSQLState();
                // Agroal gives no state when it waits for a connection in vain.
                return state == null
                        || MISSING.contains(state)
                        || (state.length() >= 2 && CLASSES.contains(state.substring(0, 2)));
            }
            cause = cause.getCause();
        }
        return false;
    }
}
