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

    /** So that the types of functions' arguments are said with their schemas, as dumps do. */
    private static final String CATALOG_ONLY = "-c search_path=pg_catalog";

    private static final long PAUSE_MILLIS = 100;

    /** A program of an ended attempt that comes to enter the database within this time is turned away, and ends. */
    private static final long LATE_MILLIS = 1000;

    private final ServerAddress address;
    private final OwnMarks marks;
    private final DestinationRoles roles;
    private boolean createdDatabase;
    private boolean inParts;
    private boolean added;
    private boolean loaded;
    private @Nullable DestinationClaim claim;

    /** @param restore whose attempt this is: what an earlier one of its attempts made counts as made by this one */
    DestinationServer(ServerAddress address, RestoreId restore) {
        this.address = address;
        this.marks = new OwnMarks(restore);
        this.roles = new DestinationRoles(marks);
    }

    /** What is in the database. */
    enum Contents {
        NOTHING,
        /** All that is to be loaded, by an earlier attempt of this restore that ended before it could say so. */
        LOADED
    }

    /** Waits until no other attempt works on the database, and keeps others out until this is closed. */
    void claim(RestoreWatch watch) throws RestoreException, InterruptedException {
        try {
            claim = DestinationClaim.of(address.maintenance(), address.database(), watch);
        } catch (SQLException e) {
            throw address.failed("claiming database " + address.database(), e);
        }
    }

    /** What of a dump is meant there, checked against what the database has. It must be claimed. */
    ChosenEntries choose(DumpContents dump, Selection selection) throws RestoreException {
        try {
            if (!isThere(claimed().session())) {
                return SelectionFit.of(dump, selection, new DestinationObjects.OfNewDatabase());
            }
            try (Connection inside = address.connect(address.database(), CATALOG_ONLY)) {
                return SelectionFit.of(dump, selection, new DestinationObjects.OfDatabase(inside));
            }
        } catch (SQLException e) {
            throw address.failed("looking at database " + address.database(), e);
        }
    }

    /**
     * Refuses a database that has what is to be restored, as far as that can be told by names alone. Needs no claim, changes
     * nothing, and leaves alone what an earlier attempt of this restore made.
     */
    void requireRoomFor(Selection selection) throws RestoreException {
        try (Connection connection = address.maintenance()) {
            if (!isThere(connection)) {
                return;
            }
            switch (marks.onDatabase(connection, address.database())) {
                case MADE, BEGUN, FILLED, ADDED -> {}
                case NOTHING, FOREIGN -> {
                    if (selection.isAll()) {
                        contents(false);
                    } else {
                        requireRoomInUse(selection);
                    }
                }
            }
        } catch (SQLException e) {
            throw address.failed("looking at database " + address.database(), e);
        }
    }

    private void requireRoomInUse(Selection selection) throws SQLException, RestoreException {
        try (Connection inside = address.connect(address.database(), CATALOG_ONLY)) {
            SelectionFit.requireRoom(address.database(), selection, new DestinationObjects.OfDatabase(inside));
        }
    }

    /**
     * Makes the database, or finds it ready, or loaded by this restore. Ready is an empty one; one that has nothing of what was
     * chosen, if something was. It must be claimed.
     *
     * @param chosen what is loaded; absent: the whole dump
     * @param wantParts whether to load without one transaction, if the database is this restore's own
     */
    Contents prepare(@Nullable ChosenEntries chosen, boolean wantParts, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        try {
            Connection connection = claimed().session();
            if (!isThere(connection)) {
                return create(connection, wantParts);
            }
            OwnMarks.Noted noted = marks.onDatabase(connection, address.database());
            createdDatabase = noted == OwnMarks.Noted.MADE || noted == OwnMarks.Noted.BEGUN;
            if (noted == OwnMarks.Noted.BEGUN) {
                discard(connection, watch);
                return create(connection, wantParts);
            }
            added = noted == OwnMarks.Noted.ADDED;
            boolean own = createdDatabase || added || noted == OwnMarks.Noted.FILLED;
            if (own) {
                endEarlierLoad(connection, watch);
            }
            Contents contents = chosen == null ? contents(own) : contents(chosen, own);
            if (contents == Contents.NOTHING) {
                note(connection, noted, chosen != null, wantParts);
            }
            return contents;
        } catch (SQLException e) {
            throw address.failed("preparing database " + address.database(), e);
        }
    }

    private boolean isThere(Connection connection) throws SQLException {
        return exists(connection, "select 1 from pg_catalog.pg_database where datname = ?", address.database());
    }

    private Contents create(Connection connection, boolean wantParts) throws SQLException {
        execute(connection, "create database " + quoted(address.database()) + " template template0");
        createdDatabase = true;
        inParts = wantParts;
        if (wantParts) {
            marks.databaseBegun(connection, address.database());
        } else {
            marks.databaseMade(connection, address.database());
        }
        return Contents.NOTHING;
    }

    private void note(Connection connection, OwnMarks.Noted noted, boolean adds, boolean wantParts)
            throws SQLException {
        if (createdDatabase && wantParts) {
            inParts = true;
            marks.databaseBegun(connection, address.database());
        } else if (noted == OwnMarks.Noted.NOTHING && adds) {
            added = true;
            marks.databaseAdded(connection, address.database());
        } else if (noted == OwnMarks.Noted.NOTHING) {
            marks.databaseFilled(connection, address.database());
        }
    }

    /** Of a dump that is loaded as a whole. Loading is one transaction: what is there is all. */
    private Contents contents(boolean own) throws SQLException, RestoreException {
        long objects = countObjects();
        if (objects == 0) {
            return Contents.NOTHING;
        }
        if (own) {
            return loadedBefore();
        }
        throw new RestoreException(
                FailureCategory.DESTINATION,
                "database " + address.database() + " is not empty: it holds " + objects + " objects.",
                "restore into a database that does not exist, or name the schemas or tables to add; nothing was changed.");
    }

    private Contents contents(ChosenEntries chosen, boolean own) throws SQLException, RestoreException {
        try (Connection inside = address.connect(address.database(), CATALOG_ONLY)) {
            DestinationObjects there = new DestinationObjects.OfDatabase(inside);
            List<DumpContents.Entry> present = there.present(chosen.chosen());
            if (present.isEmpty()) {
                return Contents.NOTHING;
            }
            if (own && there.absent(chosen.chosen()).isEmpty()) {
                return loadedBefore();
            }
            throw SelectionFit.isThere(address.database(), present);
        }
    }

    private Contents loadedBefore() {
        loaded = true;
        LOG.log(
                System.Logger.Level.INFO,
                "Database " + address.database() + " was loaded by an earlier attempt of this restore.");
        return Contents.LOADED;
    }

    /** Whether the database is this restore's own, and noted as being loaded in parts. */
    boolean isInParts() {
        return inParts;
    }

    /** All is loaded. */
    void loaded() throws RestoreException {
        loaded = true;
        try {
            if (inParts) {
                marks.databaseMade(claimed().session(), address.database());
            }
        } catch (SQLException e) {
            throw address.failed("noting that database " + address.database() + " is loaded", e);
        }
    }

    /**
     * Removes what an earlier attempt loaded a part of. Its program may have outlived its worker and be about to open
     * another connection: nobody is let in meanwhile, so that it fails instead of loading into the database made next.
     */
    private void discard(Connection connection, RestoreWatch watch) throws SQLException, InterruptedException {
        execute(connection, "alter database " + quoted(address.database()) + " allow_connections false");
        endEarlierLoad(connection, watch);
        TimeUnit.MILLISECONDS.sleep(LATE_MILLIS);
        execute(connection, "drop database " + quoted(address.database()) + " with (force)");
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

    /** Makes the roles that are missing, without login and without rights, so that what they own can be theirs. */
    void makeMissing(Set<String> wanted) throws RestoreException {
        try {
            roles.makeMissing(claimed().session(), wanted);
        } catch (SQLException e) {
            throw address.failed("making the roles that the dump needs, " + wanted + ",", e);
        }
    }

    /** Whether what was loaded stays whatever happens: the database is not this restore's own. */
    boolean keepsLoaded() {
        return loaded && !createdDatabase;
    }

    /** Roles that were made, by this attempt or an earlier one of this restore. */
    List<String> rolesMade() {
        return roles.made();
    }

    /**
     * Takes back what was made: the database, if it was not there before, and roles; nothing if it was, and all is loaded. Does so in the session that holds the
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
            if (keepsLoaded()) {
                return;
            }
            if (createdDatabase) {
                execute(held.session(), "drop database if exists " + quoted(address.database()) + " with (force)");
            }
            if (added) {
                marks.forget(held.session(), address.database());
            }
            roles.drop(held.session());
        } catch (SQLException e) {
            throw address.failed("removing what the broken-off restore made", e);
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

    static boolean exists(Connection connection, String sql, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String quoted(String identifier) {
        return "\"" + identifier.replace("\"", "\"\"") + "\"";
    }
}
