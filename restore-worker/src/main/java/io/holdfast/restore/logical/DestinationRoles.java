package io.holdfast.restore.logical;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The roles that a restore makes on the destination's server. For one thread. */
final class DestinationRoles {
    private final OwnMarks marks;
    private final List<String> made = new ArrayList<>();

    DestinationRoles(OwnMarks marks) {
        this.marks = marks;
    }

    /** Makes those that are missing. */
    void makeMissing(Connection connection, Set<String> wanted) throws SQLException {
        for (String each : wanted) {
            if (!DestinationServer.exists(connection, "select 1 from pg_catalog.pg_roles where rolname = ?", each)) {
                DestinationServer.execute(connection, "create role " + DestinationServer.quoted(each) + " nologin");
                made.add(each);
                marks.roleMade(connection, each);
            } else if (marks.isRoleMade(connection, each)) {
                made.add(each);
            }
        }
    }

    /** All that were made by any attempt of the restore. */
    List<String> made() {
        return List.copyOf(made);
    }

    void drop(Connection connection) throws SQLException {
        for (String each : made) {
            DestinationServer.execute(connection, "drop role if exists " + DestinationServer.quoted(each));
        }
    }
}
