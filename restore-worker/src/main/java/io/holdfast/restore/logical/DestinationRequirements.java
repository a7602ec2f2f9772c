package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a destination's server has to be and have, looked at before anything is changed. */
final class DestinationRequirements {
    /** From this version on, pg_restore sets what servers before it do not know: {@code transaction_timeout}. */
    private static final int WITH_TRANSACTION_TIMEOUT = 17;

    private DestinationRequirements() {}

    /**
     * Refuses what cannot go well before anything is changed: a server older than the one that was dumped, or one that does
     * not know what the program says.
     *
     * @param source major version of the server that was dumped
     * @param program major version of pg_restore
     */
    static void versions(ServerAddress address, int source, int program) throws RestoreException {
        try (Connection connection = address.maintenance()) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < source) {
                throw new RestoreException(
                        FailureCategory.DESTINATION,
                        "the dump is of PostgreSQL " + source + ", the server to restore to is of version " + major
                                + ".",
                        "restore to a server of version " + source + " or newer; nothing was changed.");
            }
            if (program >= WITH_TRANSACTION_TIMEOUT && major < WITH_TRANSACTION_TIMEOUT) {
                throw new RestoreException(
                        FailureCategory.TOOL_VERSION,
                        "the dump needs pg_restore " + program + ", which does not load into a server of version "
                                + major + ".",
                        "restore to a server of version " + WITH_TRANSACTION_TIMEOUT
                                + " or newer, or dump with the server's own version of the client programs; nothing was"
                                + " changed.");
            }
        } catch (SQLException e) {
            throw address.failed("looking at the server", e);
        }
    }

    /** Names what the server lacks before anything is changed on it. */
    static void extensions(ServerAddress address, Set<String> extensions) throws RestoreException {
        try (Connection connection = address.maintenance()) {
            List<String> missing = new ArrayList<>();
            for (String each : extensions) {
                if (!DestinationServer.exists(
                        connection, "select 1 from pg_catalog.pg_available_extensions where name = ?", each)) {
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
            throw address.failed("looking at the server", e);
        }
    }
}
