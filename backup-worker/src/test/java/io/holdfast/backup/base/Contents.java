package io.holdfast.backup.base;

import io.holdfast.testing.PostgresServer;
import java.util.Map;
import java.util.TreeMap;

/** All rows of all tables of a cluster's databases, as count and fingerprint of each table. */
final class Contents {
    private Contents() {}

    static String of(PostgresServer server) {
        return ofAllBut(server, "");
    }

    /** Leaves out the databases whose names begin so, unless that is empty. */
    static String ofAllBut(PostgresServer server, String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (String database : lines(server, "postgres", "select datname from pg_database where datallowconn")) {
            if (!prefix.isEmpty() && database.startsWith(prefix)) {
                continue;
            }
            for (String table : lines(
                    server,
                    database,
                    "select format('%I.%I', schemaname, tablename) from pg_tables"
                            + " where schemaname not in ('pg_catalog', 'information_schema')")) {
                found.put(
                        database + "." + table,
                        server.query(
                                database,
                                "select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from " + table
                                        + " t"));
            }
        }
        return found.toString();
    }

    static String[] lines(PostgresServer server, String database, String query) {
        String joined =
                server.query(database, "select coalesce(string_agg(each, e'\\n'), '') from (" + query + ") q (each)");
        return joined.isEmpty() ? new String[0] : joined.split("\n");
    }
}
