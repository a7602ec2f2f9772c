package io.holdfast.restore.check;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RestoreDestination.Table;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks at a database that a dump was loaded into: that it ended well is not enough, what is in it counts. */
public final class LoadedChecks {
    private static final String TABLES = """
            select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
              and not exists (select from pg_catalog.pg_depend d
                              where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')""";

    /** How many tables are reported one by one: an event is at most 256 KiB long. */
    private static final int MOST_TABLES = 200;

    /** Enters a database of the server. */
    @FunctionalInterface
    public interface Entrance {
        Connection enter(String database, String options) throws SQLException;
    }

    private final String database;
    private final Entrance entrance;

    public LoadedChecks(String database, Entrance entrance) {
        this.database = database;
        this.entrance = entrance;
    }

    /**
     * Looks.
     *
     * @param tables how many the dump makes
     * @throws RestoreException {@code check_failed} when there are others, or one of the statements says so
     */
    public List<CheckResult> run(int tables, List<SqlCheck> wanted, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        List<CheckResult> results = new ArrayList<>();
        try (Connection connection = entrance.enter(database, CheckSession.OURS)) {
            CheckSession.begin(connection);
            results.add(count(tables, connection));
            results.addAll(new DatabaseLook(database, connection, MOST_TABLES).look(watch));
        } catch (SQLException e) {
            throw cannotLook(database, e);
        }
        results.addAll(run(wanted, watch));
        return results;
    }

    /**
     * Looks at some tables of a database that may hold others.
     *
     * @param tables that were loaded
     * @throws RestoreException {@code check_failed} when one of the statements says so
     */
    public List<CheckResult> run(Set<Table> tables, List<SqlCheck> wanted, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        List<CheckResult> results = new ArrayList<>();
        try (Connection connection = entrance.enter(database, CheckSession.OURS)) {
            CheckSession.begin(connection);
            results.addAll(new DatabaseLook(
                            database,
                            connection,
                            MOST_TABLES,
                            (schema, name) -> tables.contains(new Table(schema, name)))
                    .look(watch));
        } catch (SQLException e) {
            throw cannotLook(database, e);
        }
        results.addAll(run(wanted, watch));
        return results;
    }

    private List<CheckResult> run(List<SqlCheck> wanted, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        List<CheckResult> results = new ArrayList<>();
        for (SqlCheck each : wanted) {
            watch.goOn();
            String where = each.database() == null ? database : each.database();
            try (Connection connection = entrance.enter(where, CheckSession.THEIRS)) {
                CheckSession.begin(connection);
                results.add(SqlChecks.run(each, where, connection));
            } catch (SQLException e) {
                throw cannotLook(where, e);
            }
        }
        return results;
    }

    private CheckResult count(int tables, Connection connection) throws SQLException, RestoreException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(TABLES)) {
            found.next();
            if (found.getInt(1) != tables) {
                throw new RestoreException(
                        FailureCategory.CHECK_FAILED,
                        "the dump makes " + tables + " tables, database " + database + " has " + found.getInt(1) + ".",
                        "see who else works in that database, and restore again.");
            }
            return new CheckResult(
                    "tables of the dump", database, Integer.toString(found.getInt(1)), Integer.toString(tables));
        }
    }

    private static RestoreException cannotLook(String database, SQLException e) {
        return new RestoreException(
                FailureCategory.CHECK_FAILED,
                "database " + database + " cannot be looked at: " + e.getMessage() + ".",
                "see the server's log.",
                e);
    }
}
