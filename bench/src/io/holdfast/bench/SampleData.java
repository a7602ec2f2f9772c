package io.holdfast.bench;

import io.holdfast.bench.Arguments.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * The data that is backed up: made by the server from formulas, so that it is the same everywhere, and kept below the
 * work folder. Compresses about four to five times. Tables leave room in their pages, so that an update of a row changes
 * its own page only.
 */
record SampleData(Shape shape, double sizeGb) {
    static final int SMALL_TABLES = 20_000;

    private static final long BATCH = 100_000;

    private static final String EVENTS =
            """
            create table events (id bigint, at timestamptz, customer uuid, kind text, payload jsonb, touched int default 0)
              with (fillfactor = 90)""";
    private static final String MORE_EVENTS =
            """
            insert into events select i, timestamptz '2024-01-01' + i * interval '1.7 s', md5((i %% 50000)::text)::uuid,
              (array['order.placed', 'order.paid', 'order.shipped', 'cart.changed', 'login'])[1 + i * 7919 %% 5],
              jsonb_build_object('session', md5(i::text), 'amount', (i * 7919 %% 100000) / 100.0, 'currency', 'EUR',
                'channel', (array['web', 'app', 'store', 'phone'])[1 + i * 31 %% 4],
                'items', jsonb_build_array(
                  jsonb_build_object('sku', 'A-' || i * 104729 %% 9999, 'quantity', 1 + i %% 4, 'gift', false),
                  jsonb_build_object('sku', 'B-' || i * 1299709 %% 9999, 'quantity', 1 + i %% 3, 'gift', i %% 9 = 0)),
                'agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/' || 100 + i %% 30)
            from generate_series(%d::bigint, %d::bigint) i""";
    private static final String ORDERS =
            """
            create table orders (id uuid, customer uuid, status text, total numeric(12,2), placed timestamptz, note text)
              with (fillfactor = 90)""";
    private static final String MORE_ORDERS =
            """
            insert into orders select md5('o' || i)::uuid, md5((i %% 50000)::text)::uuid,
              (array['open', 'paid', 'sent', 'returned'])[1 + i * 31 %% 4], (i * 7919 %% 1000000) / 100.0,
              timestamptz '2024-01-01' + i * interval '3 s',
              'Please deliver between ' || i %% 12 || ' and ' || 12 + i %% 12 || ' o''clock, door ' || i * 31 %% 400
            from generate_series(%d::bigint, %d::bigint) i where i %% 3 = 0""";

    String name(int major) {
        return "data-%d-%s-%s".formatted(major, shape.label(), sizeGb);
    }

    /** A stopped cluster with the data, made if it is not there yet. */
    Path prepare(int major, Path work, Path root) throws IOException, InterruptedException, SQLException {
        Path data = work.resolve(name(major));
        Path complete = work.resolve(name(major) + ".complete");
        if (!Files.exists(complete)) {
            Cluster cluster = Cluster.at(data, major, work, root);
            cluster.initialise();
            cluster.start(List.of("fsync=off", "wal_level=minimal", "max_wal_senders=0", "maintenance_work_mem=256MB"));
            try (cluster) {
                switch (shape) {
                    case MIXED -> mixed(cluster);
                    case MANY -> many(cluster);
                    case SINGLE -> single(cluster);
                }
                // No later reader changes a page by setting hint bits.
                cluster.execute("vacuum (freeze, analyze)", "checkpoint");
            }
            Command.of("sync").run(work.resolve("log"));
            Files.createFile(complete);
        }
        return data;
    }

    private void mixed(Cluster cluster) throws SQLException {
        cluster.execute(EVENTS, ORDERS);
        // Indexes come on top, at about a fifth.
        for (long from = 1; heapBytes(cluster) < sizeGb * 0.82e9; from += BATCH) {
            cluster.execute(
                    MORE_EVENTS.formatted(from, from + BATCH - 1), MORE_ORDERS.formatted(from, from + BATCH - 1));
        }
        cluster.execute(
                "alter table events add primary key (id)",
                "create index on events (customer)",
                "create index on events (at)",
                "alter table orders add primary key (id)",
                "create index on orders (customer)");
    }

    private void single(Cluster cluster) throws SQLException {
        cluster.execute(EVENTS);
        for (long from = 1; heapBytes(cluster) < sizeGb * 0.95e9; from += BATCH) {
            cluster.execute(MORE_EVENTS.formatted(from, from + BATCH - 1));
        }
        cluster.execute("alter table events add primary key (id)");
    }

    private void many(Cluster cluster) throws SQLException {
        // Beside its heap, each table has an index of two pages.
        long rows = Math.max(1, (long) (sizeGb * 1e9 / SMALL_TABLES - 24_576) / 180);
        cluster.execute("""
                create procedure make(tables int, row_count bigint) language plpgsql as $$
                begin
                  for n in 1..tables loop
                    execute format('create table t_%%s (id bigint primary key, name varchar(40), code char(32), touched int)
                      with (fillfactor = 90, toast_tuple_target = 8160)', n);
                    execute format('insert into t_%%s select i, ''the name of '' || i, md5((i * %%s)::text), 0
                      from generate_series(1, %%s) i', n, n, row_count);
                    if n %% 200 = 0 then commit; end if;
                  end loop;
                end $$""".replace("%%", "%"), "call make(%d, %d)".formatted(SMALL_TABLES, rows));
    }

    private static double heapBytes(Cluster cluster) throws SQLException {
        return Double.parseDouble(cluster.ask("select coalesce(sum(pg_relation_size(oid)), 0) from pg_class"
                + " where relname in ('events', 'orders')"));
    }

    /**
     * Changes one row in each of a share of the pages of the largest table, or in each of a share of the small tables.
     *
     * @param line which row of a page; another each time
     * @param clustered 128 pages beside each other at a time, instead of single ones
     */
    void change(Cluster cluster, double share, boolean clustered, int line) throws SQLException {
        if (share == 0) {
            return;
        }
        // Knuth's multiplicative hash spreads the chosen ones evenly, and alike in each run.
        String chosen = "(%s * 2654435761) %% 4294967296 < %.0f";
        double below = share * (1L << 32);
        if (shape == Shape.MANY) {
            cluster.execute("do $$ begin for n in 1..%d loop if %s then execute format('update t_%%s set touched ="
                    .formatted(SMALL_TABLES, chosen.formatted(clustered ? "(n / 128)::bigint" : "n::bigint", below))
                    + " touched + 1 where id = %s', n, " + line + "); end if; end loop; end $$");
        } else {
            String blocks = "pg_relation_size('events') / 8192 - 1";
            cluster.execute("update events set touched = touched + 1 where ctid = any (array(select format('(%%s,%d)', b)"
                    .formatted(line)
                    .replace("%%", "%")
                    + "::tid from generate_series(0, " + blocks + ") b where "
                    + chosen.formatted(clustered ? "(b / 128)" : "b", below) + "))");
        }
        cluster.execute("checkpoint");
    }
}
