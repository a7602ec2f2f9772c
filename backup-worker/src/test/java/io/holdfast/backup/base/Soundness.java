package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testing.PostgresServer;

/** Looks for damage in a cluster as pg_amcheck does, and at the sum that each row of a {@link ChangingCluster} carries. */
final class Soundness {
    private Soundness() {}

    /** The extension has to be in each database. A failed check of an index is an exception that names it. */
    static void check(PostgresServer server) {
        for (String database : Contents.lines(
                server,
                "postgres",
                "select datname from pg_database where datallowconn and datconnlimit <> -2 and datname <> 'template1'")) {
            checkDatabase(server, database);
        }
    }

    private static void checkDatabase(PostgresServer server, String database) {
        assertThat(Contents.lines(server, database, """
                        select format('%s block %s offset %s: %s', c.oid::regclass, v.blkno, v.offnum, v.msg)
                        from pg_class c, lateral verify_heapam(c.oid) v
                        where c.relkind in ('r', 't', 'm') and c.relpersistence = 'p'"""))
                .as("heaps of %s", database)
                .isEmpty();
        server.query(database, """
                select count(bt_index_check(c.oid, heapallindexed => true))
                from pg_class c join pg_index i on i.indexrelid = c.oid join pg_am a on a.oid = c.relam
                where c.relkind = 'i' and c.relpersistence = 'p' and a.amname = 'btree' and i.indisvalid and i.indisready""");
        for (String table : Contents.lines(
                server,
                database,
                "select format('%I.%I', table_schema, table_name) from information_schema.columns"
                        + " where column_name = 'sum' and table_schema = 'public'")) {
            assertThat(server.query(
                            database,
                            "select count(*) from " + table + " where sum is distinct from hashtext(id || note)"))
                    .as("rows of %s in %s that are not what was written", table, database)
                    .isEqualTo("0");
        }
    }
}
