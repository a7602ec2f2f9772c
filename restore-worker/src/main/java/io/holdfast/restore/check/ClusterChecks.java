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

/** Looks at every database of a restored cluster. */
public final class ClusterChecks {
    /** The name of what is told of a database that nobody can enter. */
    public static final String HALF_DROPPED = "database was being dropped";

    // Nobody can enter a database whose DROP DATABASE did not end: its limit of connections is -2.
    private static final String ENTERABLE =
            "select datname, datconnlimit = -2 from pg_catalog.pg_database where datallowconn and not datistemplate"
                    + " order by datname <> 'postgres', datname";

    /** How many tables are reported one by one, and how many results in all: an event is at most 256 KiB long. */
    private static final int MOST_TABLES = 200;

    private static final int MOST_RESULTS = 500;

    private final PrivateSocket socket;
    private final String superuser;

    public ClusterChecks(PrivateSocket socket, String superuser) {
        this.socket = socket;
        this.superuser = superuser;
    }

    /**
     * Enters every database, counts what is in it, and runs the request's own statements.
     *
     * @throws RestoreException {@code check_failed} when a database cannot be entered or counted, or a statement fails or
     *     gives another value than expected
     */
    public List<CheckResult> run(List<SqlCheck> wanted, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        List<CheckResult> results = new ArrayList<>();
        List<String> databases = new ArrayList<>();
        for (Database found : databases()) {
            if (found.halfDropped()) {
                results.add(new CheckResult(HALF_DROPPED, found.name(), "drop it", null));
            } else {
                databases.add(found.name());
            }
        }
        int tablesReported = 0;
        for (String database : databases) {
            watch.goOn();
            try (Connection connection = enter(database, CheckSession.OURS)) {
                DatabaseLook look = new DatabaseLook(database, connection, MOST_TABLES - tablesReported);
                List<CheckResult> found = look.look(watch);
                tablesReported += look.tablesReported();
                if (results.size() < MOST_RESULTS) {
                    results.addAll(found);
                }
            } catch (SQLException e) {
                throw cannotEnter(database, e);
            }
        }
        String first = databases.isEmpty() ? "postgres" : databases.getFirst();
        for (SqlCheck each : wanted) {
            watch.goOn();
            String database = each.database() == null ? first : each.database();
            try (Connection connection = enter(database, CheckSession.THEIRS)) {
                results.add(SqlChecks.run(each, database, connection));
            } catch (SQLException e) {
                throw cannotEnter(database, e);
            }
        }
        return results;
    }

    private record Database(String name, boolean halfDropped) {}

    private List<Database> databases() throws RestoreException {
        List<Database> databases = new ArrayList<>();
        try (Connection connection = enter("template1", CheckSession.OURS);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(ENTERABLE)) {
            while (found.next()) {
                databases.add(new Database(found.getString(1), found.getBoolean(2)));
            }
            return databases;
        } catch (SQLException e) {
            throw cannotEnter("template1", e);
        }
    }

    private Connection enter(String database, String options) throws SQLException {
        Connection connection = socket.connect(database, superuser, options);
        try {
            CheckSession.begin(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static RestoreException cannotEnter(String database, SQLException e) {
        return new RestoreException(
                FailureCategory.CHECK_FAILED,
                "database " + database + " cannot be looked at: " + e.getMessage() + ".",
                "a locale or a library that this host lacks may be the reason; the server's message says which.",
                e);
    }
}
