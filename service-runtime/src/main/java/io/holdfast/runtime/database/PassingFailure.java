package io.holdfast.runtime.database;

import io.holdfast.runtime.signing.MissingKeyException;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells failures of the surroundings, which pass, from failures of the work. */
public final class PassingFailure {

    /**
     * Classes of SQLSTATE: connection, transaction rollback (serialization, deadlock), resources, operator
     * intervention, system error.
     *
     * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</a>
     */
    private static final Set<String> PASSING = Set.of("08", "25", "40", "53", "57", "58");

    private PassingFailure() {}

    /** Whether this failure, or what caused it, is one that passes. */
    public static boolean is(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (passes(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean passes(Throwable cause) {
        return switch (cause) {
            case SQLTransientException e -> true;
            case SQLRecoverableException e -> true;
            case SQLException e -> passes(e.getSQLState(), e);
            case RollbackException e -> e.getCause() == null && e.getSuppressed().length == 0;
            case HeuristicMixedException e -> true;
            case HeuristicRollbackException e -> true;
            case SystemException e -> true;
            case MissingKeyException e -> true;
            case SocketException e -> true;
            default -> false;
        };
    }

    private static boolean passes(@Nullable String state, SQLException e) {
        if (state == null || state.length() < 2) {
            // Agroal gives none when it waits for a connection in vain.
            return e.getMessage() != null && e.getMessage().contains("Acquisition timeout")
                    || e.getCause() instanceof IOException;
        }
        return PASSING.contains(state.substring(0, 2));
    }
}
