package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The server that a dump is loaded into: looked at before, claimed, and put back as it was when loading fails. For one
 * thread.
 */
final class DestinationServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DestinationServer.class.getName());
    private static final String OWN_OBJECTS = """
            select (select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                    where n.nspname <> 'information_schema' and n.nspname !~ '^pg_')
                 + (select count(*) from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                    where n.nspname <> 'information_schema' and n.nspname !~ '^pg_')
                 + (select count(*) from pg_catalog.pg_namespace n
                    where n.nspname not in ('information_schema', 'public') and n.nspname !~ '^pg_')""";

    private static final long PAUSE_MILLIS = 100;

    private final ServerAddress address;
    private final OwnMarks marks;
    private final List<String> createdRoles = new ArrayList<>();
    private boolean createdDatabase;
    private @Nullable DestinationClaim claim;

    /** @param restore whose attempt this is: what an earlier one of its attempts made counts as made by this one */
    DestinationServer(ServerAddress address, RestoreId restore) {
        this.address = address;
        this.marks = new OwnMarks(restore);
    }

    /** What is in the database. */
    enum Contents {
        NOTHING,
        /** All of the dump, by an earlier attempt of this restore that ended before it could say so. */
        LOADED
    }

    /** Names what the server lacks before anything is changed on it. */
    void require(Set<String> extensions) throws RestoreException {
        try (Connection connection = maintenance()) {
            List<String> missing = new ArrayList<>();
            for (String each : extensions) {
                if (!exists(connection, "select 1 from pg_catalog.pg_available_extensions where name = ?", each)) {
                    missing.add(each);
                }
            }
            if (!missing.isEmpty()) {
                throw new RestoreException(
                        FailureCategory.DESTINATION,
                        "the server lacks the extensions " + missing + " that the dump needs.",
                        "install their packages on the server and restore again; nothing was changed.");
            }
        } catch (SQLException e) {
            throw failed("looking at the server", e);
        }
    }

    /** Waits until no other attempt works on the database, and keeps others out until this is closed. */
    void claim(RestoreWatch watch) throws RestoreException, InterruptedException {
        try {
            claim = DestinationClaim.of(maintenance(), address.database(), watch);
        } catch (SQLException e) {
            throw failed("claiming database " + address.database(), e);
        }
    }

    /**
     * Makes the database, or finds it empty, or loaded by this restore: loading is one transaction, so what is there is all.
     * It must be claimed.
     */
    Contents prepareDatabase(RestoreWatch watch) throws RestoreException, InterruptedException {
        boolean own;
        try {
            Connection connection = claimed().session();
            if (!exists(connection, "select 1 from pg_catalog.pg_database where datname = ?", address.database())) {
                execute(connection, "create database " + quoted(address.database()) + " template template0");
                createdDatabase = true;
                marks.databaseMade(connection, address.database());
                return Contents.NOTHING;
            }
            OwnMarks.Noted noted = marks.onDatabase(connection, address.database());
            createdDatabase = noted == OwnMarks.Noted.MADE;
            own = createdDatabase || noted == OwnMarks.Noted.FILLED;
            if (own) {
                endEarlierLoad(connection, watch);
            }
            long objects = countObjects();
            if (objects == 0) {
                if (noted == OwnMarks.Noted.NOTHING) {
                    marks.databaseFilled(connection, address.database());
                }
                return Contents.NOTHING;
            }
            if (own) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "Database " + address.database() + " was loaded by an earlier attempt of this restore.");
                return Contents.LOADED;
            }
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    "database " + address.database() + " is not empty: it holds " + objects + " objects.",
                    "restore into a database that does not exist; nothing was changed.");
        } catch (SQLException e) {
            throw failed("preparing database " + address.database(), e);
        }
    }

    /** A program of a worker that was killed may still load: nothing is certain before its session has ended. */
    private void endEarlierLoad(Connection connection, RestoreWatch watch) throws SQLException, InterruptedException {
        while (true) {
            try (PreparedStatement statement = connection.prepareStatement("""
                    select count(pg_catalog.pg_terminate_backend(pid)) from pg_catalog.pg_stat_activity
                    where datname = ? and application_name = ? and pid <> pg_catalog.pg_backend_pid()""")) {
                statement.setString(1, address.database());
                statement.setString(2, ServerAddress.APPLICATION);
                try (ResultSet ended = statement.executeQuery()) {
                    ended.next();
                    if (ended.getLong(1) == 0) {
                        return;
                    }
                }
            }
            watch.goOn();
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private long countObjects() throws SQLException {
        try (Connection connection = address.connect(address.database(), "");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(OWN_OBJECTS)) {
            found.next();
            return found.getLong(1);
        }
    }

    /**
     * Makes the roles that are missing, without login and without rights, so that what they own can be theirs.
     *
     * @return those that were made, by this attempt or an earlier one of this restore
     */
    List<String> makeMissing(Set<String> roles) throws RestoreException {
        try {
            Connection connection = claimed().session();
            for (String each : roles) {
                if (!exists(connection, "select 1 from pg_catalog.pg_roles where rolname = ?", each)) {
                    execute(connection, "create role " + quoted(each) + " nologin");
                    createdRoles.add(each);
                    marks.roleMade(connection, each);
                } else if (marks.isRoleMade(connection, each)) {
                    createdRoles.add(each);
                }
            }
            return List.copyOf(createdRoles);
        } catch (SQLException e) {
            throw failed("making the roles that the dump needs, " + roles + ",", e);
        }
    }

    /**
     * Takes back what was made: the database, if it was not there before, and roles. Does so in the session that holds the
     * claim: when that is lost, another attempt may have made the database since, and nothing is removed.
     */
    void undo() throws RestoreException {
        DestinationClaim held = claim;
        if (held == null) {
            return;
        }
        try {
            if (!held.holds()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "The claim on database " + address.database()
                                + " was lost: what this attempt made is left there.");
                return;
            }
            if (createdDatabase) {
                execute(held.session(), "drop database if exists " + quoted(address.database()) + " with (force)");
            }
            for (String each : createdRoles) {
                execute(held.session(), "drop role if exists " + quoted(each));
            }
        } catch (SQLException e) {
            throw failed("removing what the broken-off restore made", e);
        }
    }

    /** Lets others at the database. */
    @Override
    public void close() {
        DestinationClaim held = claim;
        claim = null;
        if (held != null) {
            try {
                held.close();
            } catch (SQLException e) {
                // It ends with the session, which is of no use any more either way.
                LOG.log(System.Logger.Level.DEBUG, "The session that claimed a database did not close cleanly.", e);
            }
        }
    }

    private DestinationClaim claimed() {
        DestinationClaim held = claim;
        if (held == null) {
            throw new IllegalStateException("the destination has to be claimed before it is changed");
        }
        return held;
    }

    private Connection maintenance() throws SQLException {
        try {
            return address.connect("postgres", "");
        } catch (SQLException e) {
            boolean noSuchDatabase = "3D000".equals(e.getSQLState());
            if (noSuchDatabase) {
                return address.connect("template1", "");
            }
            throw e;
        }
    }

    private static boolean exists(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String quoted(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }

    private RestoreException failed(String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        FailureCategory category = switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08" -> FailureCategory.CONNECTION;
            case "28" -> FailureCategory.AUTHENTICATION;
            case "42" -> state.equals("42501") ? FailureCategory.PERMISSION : FailureCategory.SERVER_ERROR;
            default -> FailureCategory.SERVER_ERROR;
        };
        return new RestoreException(
                category,
                what + " failed on " + address.host() + ":" + address.port() + " as " + address.user() + ": "
                        + e.getMessage() + ".",
                "the user has to be able to connect, and to make databases and roles.",
                e);
    }
}
