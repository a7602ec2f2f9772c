package io.holdfast.restore.drill;

import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.restore.check.CheckSession;
import io.holdfast.restore.cluster.PrivateSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Whether a restored cluster has what it has to have: roles, extensions and the libraries behind them, rows. */
final class ClusterContents {
    private static final String OURS = "-c default_transaction_read_only=on -c search_path=pg_catalog";
    private static final String DATABASES = "select datname from pg_catalog.pg_database where datallowconn"
            + " and datconnlimit <> -2 and not datistemplate order by datname <> 'postgres', datname";
    private static final String LIBRARIES =
            "select distinct probin from pg_catalog.pg_proc p join pg_catalog.pg_language l on l.oid = p.prolang"
                    + " where l.lanname = 'c' and probin is not null order by 1";

    private final PrivateSocket socket;
    private final String superuser;
    private final List<String> databases;

    ClusterContents(PrivateSocket socket, String superuser, List<String> databases) {
        this.socket = socket;
        this.superuser = superuser;
        this.databases = databases;
    }

    static List<String> databases(Connection connection) throws SQLException {
        return column(connection, DATABASES);
    }

    List<DrillCheck> roles(List<String> wanted) {
        List<DrillCheck> checks = new ArrayList<>();
        try (Connection connection = socket.connect("template1", superuser, OURS)) {
            Set<String> present = new TreeSet<>(
                    column(connection, "select rolname from pg_catalog.pg_roles where rolname !~ '^pg_' order by 1"));
            checks.add(Findings.passed("roles", null, present.size() + ": " + String.join(", ", present)));
            for (String each : wanted) {
                checks.add(
                        present.contains(each)
                                ? Findings.passed("role " + each, null, "is there")
                                : Findings.failed("role " + each, null, "is not there", DrillReason.MISSING_ROLE));
            }
        } catch (SQLException e) {
            checks.add(Findings.broken("roles", null, e));
        }
        return checks;
    }

    List<DrillCheck> extensions(List<DrillChecks.Extension> wanted) {
        List<DrillCheck> checks = new ArrayList<>();
        Map<String, List<String>> present = new HashMap<>();
        for (String database : databases) {
            try (Connection connection = socket.connect(database, superuser, OURS)) {
                List<String> names = column(connection, "select extname from pg_catalog.pg_extension order by 1");
                present.put(database, names);
                checks.add(Findings.passed("extensions", database, String.join(", ", names)));
                checks.addAll(libraries(connection, database));
            } catch (SQLException e) {
                checks.add(Findings.broken("extensions", database, e));
            }
        }
        for (DrillChecks.Extension each : wanted) {
            boolean found = each.database() == null
                    ? present.values().stream().anyMatch(names -> names.contains(each.name()))
                    : present.getOrDefault(each.database(), List.of()).contains(each.name());
            checks.add(
                    found
                            ? Findings.passed("extension " + each.name(), each.database(), "is there")
                            : Findings.failed(
                                    "extension " + each.name(),
                                    each.database(),
                                    "is not there",
                                    DrillReason.MISSING_EXTENSION));
        }
        return checks;
    }

    /** Functions in C need their library on this host; an extension's control file alone does not say that it is there. */
    private static List<DrillCheck> libraries(Connection connection, String database) throws SQLException {
        List<DrillCheck> missing = new ArrayList<>();
        for (String library : column(connection, LIBRARIES)) {
            try (Statement load = connection.createStatement()) {
                load.execute("load " + load.enquoteLiteral(library));
            } catch (SQLException e) {
                missing.add(Findings.failed(
                        "library " + library, database, String.valueOf(e.getMessage()), DrillReason.MISSING_EXTENSION));
            }
        }
        return missing;
    }

    DrillCheck rows(DrillChecks.Rows wanted) {
        String database =
                wanted.database() != null ? wanted.database() : databases.isEmpty() ? "postgres" : databases.getFirst();
        String name = "rows of " + wanted.table();
        try (Connection connection = socket.connect(database, superuser, OURS)) {
            CheckSession.begin(connection);
            long found = Long.parseLong(column(connection, "select count(*) from " + quoted(connection, wanted.table()))
                    .getFirst());
            boolean enough = wanted.atLeast() == null || found >= wanted.atLeast();
            boolean right = wanted.exactly() == null || found == wanted.exactly();
            if (enough && right) {
                return Findings.passed(name, database, Long.toString(found));
            }
            String expected = right ? "at least " + wanted.atLeast() : "exactly " + wanted.exactly();
            return Findings.failed(name, database, found + ", have to be " + expected, DrillReason.ROW_COUNT);
        } catch (SQLException e) {
            boolean data = Findings.reason(e) != DrillReason.OTHER;
            return data
                    ? Findings.broken(name, database, e)
                    : Findings.failed(name, database, "cannot be counted: " + e.getMessage(), DrillReason.ROW_COUNT);
        }
    }

    /** The server itself reads the name, so that nothing but a table's name can be in it. */
    private static String quoted(Connection connection, String table) throws SQLException {
        try (var statement = connection.prepareStatement(
                "select pg_catalog.format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c"
                        + " join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = ?::regclass")) {
            statement.setString(1, table);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return Objects.requireNonNull(found.getString(1));
            }
        }
    }

    private static List<String> column(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (found.next()) {
                values.add(Objects.requireNonNull(found.getString(1)));
            }
            return values;
        }
    }
}
