package io.holdfast.restore.logical;

import io.holdfast.events.RestoreId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What a restore notes on the destination's server, as comments on databases and roles: so that a later attempt of the same
 * restore knows what an earlier one had done before its worker ended. Only comments are at hand to everybody who may make a
 * database. Thread safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-comment.html">COMMENT</a>
 */
final class OwnMarks {
    private static final String MADE = "Made by Holdfast restore ";
    private static final String BEGUN = "Being made by Holdfast restore ";
    private static final String ADDED = "Added to by Holdfast restore ";
    private static final String FILLED = "Filled by Holdfast restore ";

    private final RestoreId restore;

    OwnMarks(RestoreId restore) {
        this.restore = restore;
    }

    /** What is noted on a database. */
    enum Noted {
        /** Nothing, and this restore may note something. */
        NOTHING,
        /** This restore made the database. */
        MADE,
        /** This restore made the database and loads it in parts: how far that came, nobody knows. */
        BEGUN,
        /** This restore found the database empty and loads into it. */
        FILLED,
        /** This restore adds schemas or tables to the database. */
        ADDED,
        /** Somebody else's comment, or somebody else's database: neither is touched. */
        FOREIGN
    }

    Noted onDatabase(Connection connection, String database) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select pg_catalog.shobj_description(oid, 'pg_database'), pg_catalog.pg_has_role(datdba, 'member')
                from pg_catalog.pg_database where datname = ?""")) {
            statement.setString(1, database);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || !row.getBoolean(2)) {
                    return Noted.FOREIGN;
                }
                return noted(row.getString(1));
            }
        }
    }

    private Noted noted(@Nullable String comment) {
        if (comment == null) {
            return Noted.NOTHING;
        }
        if (comment.endsWith(restore.toString())) {
            String what =
                    comment.substring(0, comment.length() - restore.toString().length());
            return switch (what) {
                case MADE -> Noted.MADE;
                case BEGUN -> Noted.BEGUN;
                case FILLED -> Noted.FILLED;
                case ADDED -> Noted.ADDED;
                default -> Noted.FOREIGN;
            };
        }
        return comment.startsWith(FILLED) || comment.startsWith(ADDED) ? Noted.NOTHING : Noted.FOREIGN;
    }

    void databaseMade(Connection connection, String database) throws SQLException {
        note(connection, "database", database, MADE);
    }

    void databaseBegun(Connection connection, String database) throws SQLException {
        note(connection, "database", database, BEGUN);
    }

    void databaseAdded(Connection connection, String database) throws SQLException {
        note(connection, "database", database, ADDED);
    }

    /** Takes away what was noted on a database. */
    void forget(Connection connection, String database) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("comment on database " + statement.enquoteIdentifier(database, true) + " is null");
        }
    }

    void databaseFilled(Connection connection, String database) throws SQLException {
        note(connection, "database", database, FILLED);
    }

    void roleMade(Connection connection, String role) throws SQLException {
        note(connection, "role", role, MADE);
    }

    boolean isRoleMade(Connection connection, String role) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select 1 from pg_catalog.pg_roles
                where rolname = ? and pg_catalog.shobj_description(oid, 'pg_authid') = ?""")) {
            statement.setString(1, role);
            statement.setString(2, MADE + restore);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private void note(Connection connection, String kind, String name, String what) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("comment on " + kind + " " + statement.enquoteIdentifier(name, true) + " is "
                    + statement.enquoteLiteral(what + restore));
        }
    }
}
