package io.holdfast.restore.drill;

import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.check.CheckSession;
import io.holdfast.restore.check.DatabaseLook;
import io.holdfast.restore.check.SqlChecks;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.physical.ClusterLook;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at a restored cluster while it runs: everything, also after the first thing that is not as it has to be. For one
 * thread.
 */
final class DrillLook implements ClusterLook {
    private static final String OURS = "-c default_transaction_read_only=on -c search_path=pg_catalog";
    private static final String THEIRS = "-c default_transaction_read_only=on";
    private static final int MOST_TABLES = 2000;

    private final DrillChecks wanted;
    private final SandboxPrograms sandboxed;
    private final DrillTimes times;
    private final List<DrillCheck> found = new ArrayList<>();
    private final List<CountedTable> counted = new ArrayList<>();

    DrillLook(DrillChecks wanted, SandboxPrograms sandboxed, DrillTimes times) {
        this.wanted = wanted;
        this.sandboxed = sandboxed;
        this.times = times;
    }

    /** What was found so far. */
    List<DrillCheck> found() {
        return found;
    }

    /** The tables that were counted, row by row. */
    List<CountedTable> counted() {
        return counted;
    }

    @Override
    public List<CheckResult> at(PrivateSocket socket, String superuser, RestoreWatch watch)
            throws InterruptedException {
        times.answered();
        List<String> databases = databases(socket, superuser);
        ClusterContents contents = new ClusterContents(socket, superuser, databases);
        found.addAll(contents.roles(wanted.roles()));
        found.addAll(contents.extensions(wanted.extensions()));
        for (String database : databases) {
            watch.goOn();
            look(socket, superuser, database, watch);
        }
        for (DrillChecks.Rows each : wanted.rows()) {
            watch.goOn();
            found.add(contents.rows(each));
        }
        for (SqlCheck each : wanted.sql()) {
            watch.goOn();
            found.add(assertion(socket, superuser, each, databases));
        }
        watch.goOn();
        found.add(sandboxed.amcheck(socket, superuser));
        if (wanted.smokeCommand() != null) {
            watch.goOn();
            found.add(sandboxed.smoke(wanted.smokeCommand(), socket, superuser));
        }
        return List.of();
    }

    private List<String> databases(PrivateSocket socket, String superuser) {
        try (Connection connection = socket.connect("template1", superuser, OURS)) {
            return ClusterContents.databases(connection);
        } catch (SQLException e) {
            found.add(Findings.broken("databases", null, e));
            return List.of();
        }
    }

    private void look(PrivateSocket socket, String superuser, String database, RestoreWatch watch)
            throws InterruptedException {
        try (Connection connection = socket.connect(database, superuser, OURS)) {
            CheckSession.begin(connection);
            for (CheckResult each :
                    new DatabaseLook(database, connection, MOST_TABLES, sandboxed.limit()).look(watch)) {
                String value = String.valueOf(each.value());
                if (each.name().startsWith(DatabaseLook.ROWS_OF) && value.startsWith(DatabaseLook.ESTIMATED)) {
                    found.add(Findings.skipped(
                            each.name(), "in " + database + ": not read in " + sandboxed.limit() + ", about " + value));
                } else if (each.name().startsWith(DatabaseLook.ROWS_OF)) {
                    counted.add(new CountedTable(
                            database, each.name().substring(DatabaseLook.ROWS_OF.length()), Long.parseLong(value)));
                } else if (each.name().equals(DatabaseLook.MISSING_EXTENSIONS)) {
                    found.add(Findings.failed(
                            "extensions that this host can load",
                            database,
                            "this host lacks the files of " + value,
                            DrillReason.MISSING_EXTENSION));
                } else {
                    found.add(Findings.passed(each.name(), database, value));
                }
            }
        } catch (SQLException e) {
            found.add(Findings.broken("every row of every table can be read", database, e));
        }
    }

    private static DrillCheck assertion(
            PrivateSocket socket, String superuser, SqlCheck check, List<String> databases) {
        String database =
                check.database() != null ? check.database() : databases.isEmpty() ? "postgres" : databases.getFirst();
        try (Connection connection = socket.connect(database, superuser, THEIRS)) {
            CheckSession.begin(connection);
            CheckResult result = SqlChecks.run(check, database, connection);
            return Findings.passed(check.name(), database, String.valueOf(result.value()));
        } catch (RestoreException e) {
            return Findings.failed(check.name(), database, e.failure().message(), DrillReason.ASSERTION);
        } catch (SQLException e) {
            return Findings.failed(check.name(), database, "failed: " + e.getMessage(), DrillReason.ASSERTION);
        }
    }
}
