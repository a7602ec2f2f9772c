package io.holdfast.backup.source;

import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SqlSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself before its databases are dumped.
 *
 * @param versionNumber such as 170011
 * @param databases everything that can be connected to but PostgreSQL's own templates, by name
 * @param leftOut why a database cannot be dumped, by its name
 * @param rolePasswordsReadable whether our role may read the hashes of the roles' passwords
 */
public record DatabaseList(
        int versionNumber, List<Database> databases, SortedMap<String, String> leftOut, boolean rolePasswordsReadable) {
    private static final String APPLICATION = "holdfast";
    private static final String FACTS = """
            select current_setting('server_version_num'),
                   has_table_privilege('pg_catalog.pg_authid', 'select')""";
    private static final String DATABASES = """
            select oid, datname, datallowconn, datconnlimit = -2 from pg_catalog.pg_database
            where datname not in ('template0', 'template1') order by datname""";

    public DatabaseList {
        databases = List.copyOf(databases);
        leftOut = Collections.unmodifiableSortedMap(new TreeMap<>(leftOut));
    }

    /**
     * A database.
     *
     * @param oid unsigned 32 bits
     * @param name any characters but NUL
     */
    public record Database(long oid, String name) {}

    /** The server's major version. */
    public int major() {
        // Before 10, the first two numbers of a version made the major one; the tools count them as one all the same.
        return versionNumber / 10_000;
    }

    /** Asks the server. */
    public static DatabaseList of(SourceServer server) throws ReplicationException, UnusableDefinitionException {
        try (SqlSession session = SqlSession.open(server.connection(), server.database(), APPLICATION)) {
            List<@Nullable String> facts = session.query(FACTS).getFirst();
            List<Database> databases = new ArrayList<>();
            SortedMap<String, String> leftOut = new TreeMap<>();
            for (List<@Nullable String> row : session.query(DATABASES)) {
                if (text(row, 3).equals("t")) {
                    leftOut.put(text(row, 1), "It is invalid: dropping it was interrupted.");
                } else if (text(row, 2).equals("f")) {
                    leftOut.put(text(row, 1), "It does not allow connections.");
                } else {
                    databases.add(new Database(Long.parseLong(text(row, 0)), text(row, 1)));
                }
            }
            return new DatabaseList(
                    Integer.parseInt(text(facts, 0)),
                    databases,
                    leftOut,
                    text(facts, 1).equals("t"));
        }
    }

    private static String text(List<@Nullable String> row, int column) {
        return Objects.requireNonNull(row.get(column), "the catalog's columns are not null");
    }
}
