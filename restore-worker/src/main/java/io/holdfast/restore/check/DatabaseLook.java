package io.holdfast.restore.check;

import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreWatch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Counts what is in one database: its tables, and the rows of each. Tables up to a size are read and counted, larger ones
 * where there is time for it; else the planner's estimate is given, marked with {@code ~}. Reports each of the first tables
 * and the sum of all. For one thread.
 */
public final class DatabaseLook {
    /** What the name of a table's count begins with; the table's name follows. */
    public static final String ROWS_OF = "rows of ";

    /** The name of what is reported where extensions cannot be used here. */
    public static final String MISSING_EXTENSIONS = "extensions whose files this host lacks";

    /** What an estimate begins with. */
    public static final String ESTIMATED = "~";

    /** Tables up to this many bytes are counted exactly. */
    private static final long EXACT_BYTES = 512L << 20;

    private static final String CANCELLED = "57014";

    private static final String TABLES = """
            select pg_catalog.format('%I.%I', n.nspname, c.relname),
                   greatest(c.reltuples::bigint, 0),
                   pg_catalog.pg_relation_size(c.oid),
                   n.nspname, c.relname
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and c.relpersistence <> 't'
              and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
            order by 1""";
    private static final String LACKING = """
            select pg_catalog.string_agg(e.extname, ', ' order by e.extname) from pg_catalog.pg_extension e
            where not exists (select from pg_catalog.pg_available_extensions a where a.name = e.extname)""";

    private final String database;
    private final Connection connection;
    private final int mostTables;
    private final BiPredicate<String, String> wanted;
    private final long large;
    private final Duration forLarge;
    private int tablesReported;

    /** @param mostTables how many tables may be reported one by one */
    public DatabaseLook(String database, Connection connection, int mostTables) {
        this(database, connection, mostTables, (schema, table) -> true);
    }

    /**
     * Reads larger tables as well.
     *
     * @param mostTables how many tables may be reported one by one
     * @param forLarge how long reading each of them may take
     */
    public DatabaseLook(String database, Connection connection, int mostTables, Duration forLarge) {
        this(database, connection, mostTables, (schema, table) -> true, EXACT_BYTES, forLarge);
    }

    /**
     * Looks at some tables only.
     *
     * @param mostTables how many tables may be reported one by one
     * @param wanted which ones, by schema and name
     */
    public DatabaseLook(String database, Connection connection, int mostTables, BiPredicate<String, String> wanted) {
        this(database, connection, mostTables, wanted, EXACT_BYTES, Duration.ZERO);
    }

    DatabaseLook(
            String database,
            Connection connection,
            int mostTables,
            BiPredicate<String, String> wanted,
            long large,
            Duration forLarge) {
        this.large = large;
        this.forLarge = forLarge;
        this.database = database;
        this.connection = connection;
        this.mostTables = mostTables;
        this.wanted = wanted;
    }

    /** How many tables were reported one by one. */
    public int tablesReported() {
        return tablesReported;
    }

    private record Table(String name, long estimate, long bytes) {}

    /** What was found. */
    public List<CheckResult> look(RestoreWatch watch) throws SQLException, InterruptedException {
        List<Table> tables = tables();
        List<CheckResult> perTable = new ArrayList<>();
        long rows = 0;
        boolean exact = true;
        for (Table each : tables) {
            watch.goOn();
            OptionalLong counted =
                    each.bytes() <= large ? OptionalLong.of(count(each.name())) : countLarge(each.name());
            long found = counted.orElse(each.estimate());
            rows += found;
            exact &= counted.isPresent();
            if (perTable.size() < mostTables) {
                perTable.add(reported(ROWS_OF + each.name(), (counted.isPresent() ? "" : ESTIMATED) + found));
            }
        }
        tablesReported = perTable.size();
        List<CheckResult> results = new ArrayList<>();
        results.add(reported("tables", Integer.toString(tables.size())));
        results.add(reported("rows", (exact ? "" : ESTIMATED) + rows));
        results.addAll(perTable);
        String missing = one(LACKING);
        if (missing != null) {
            results.add(reported(MISSING_EXTENSIONS, missing));
        }
        return results;
    }

    private List<Table> tables() throws SQLException {
        List<Table> tables = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(TABLES)) {
            while (found.next()) {
                if (wanted.test(found.getString(4), found.getString(5))) {
                    tables.add(new Table(found.getString(1), found.getLong(2), found.getLong(3)));
                }
            }
        }
        return tables;
    }

    /** Empty if there is not time enough. */
    private OptionalLong countLarge(String table) throws SQLException {
        if (forLarge.isZero()) {
            return OptionalLong.empty();
        }
        Savepoint before = connection.setSavepoint();
        try (Statement limit = connection.createStatement()) {
            limit.execute("set local statement_timeout = " + forLarge.toMillis());
            OptionalLong counted = OptionalLong.of(count(table));
            connection.rollback(before); // which also brings the usual limit back
            return counted;
        } catch (SQLException e) {
            if (!CANCELLED.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
            return OptionalLong.empty();
        }
    }

    /** @param table quoted by the server itself */
    private long count(String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select pg_catalog.count(*) from only " + table)) {
            found.next();
            return found.getLong(1);
        }
    }

    private @Nullable String one(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            return found.next() ? found.getString(1) : null;
        }
    }

    private CheckResult reported(String name, String value) {
        return new CheckResult(name, database, value, null);
    }
}
