package io.holdfast.restore.check;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PrivateSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Looks at a standby while it follows: that it is one, and the request's own statements. Counting would stand in its way. */
public final class StandbyChecks {
    private final PrivateSocket socket;
    private final String superuser;

    public StandbyChecks(PrivateSocket socket, String superuser) {
        this.socket = socket;
        this.superuser = superuser;
    }

    /**
     * Looks.
     *
     * @throws RestoreException {@code check_failed} when it is none, or a statement fails or gives another value than expected
     */
    public List<CheckResult> run(List<SqlCheck> wanted, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        SqlCheck itself = new SqlCheck("is a standby", "template1", "select pg_catalog.pg_is_in_recovery()", "t");
        List<CheckResult> results = new ArrayList<>(List.of(run(itself, "template1")));
        String first = first();
        for (SqlCheck each : wanted) {
            watch.goOn();
            results.add(run(each, each.database() == null ? first : each.database()));
        }
        return results;
    }

    private CheckResult run(SqlCheck check, String database) throws RestoreException {
        try (Connection connection = socket.connect(database, superuser, CheckSession.THEIRS)) {
            CheckSession.begin(connection);
            return SqlChecks.run(check, database, connection);
        } catch (SQLException e) {
            throw cannotEnter(database, e);
        }
    }

    private String first() throws RestoreException {
        try (Connection connection = socket.connect("template1", superuser, CheckSession.OURS);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "select datname from pg_catalog.pg_database where datallowconn and datconnlimit <> -2"
                                + " and not datistemplate order by datname <> 'postgres', datname limit 1")) {
            return found.next() ? found.getString(1) : "template1";
        } catch (SQLException e) {
            throw cannotEnter("template1", e);
        }
    }

    private static RestoreException cannotEnter(String database, SQLException e) {
        return new RestoreException(
                FailureCategory.CHECK_FAILED,
                "database " + database + " of the standby cannot be looked at: " + e.getMessage() + ".",
                "see the server's log.",
                e);
    }
}
