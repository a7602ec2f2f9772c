package io.holdfast.backup.base;

import io.holdfast.testing.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes a cluster in ways chosen by a seeded generator, of every kind that a backup could stumble over. Each row of its
 * tables carries a sum of itself. Not thread-safe.
 */
final class ChangingCluster {
    private final PostgresServer server;
    private final Random random;
    private final String mainDatabase;
    private final List<Table> tables = new ArrayList<>();
    private final List<String> databases = new ArrayList<>();
    private final List<String> tablespaces = new ArrayList<>();
    private int made;

    /**
     * @param mainDatabase has to exist; the names of all others that this makes begin with its name
     */
    ChangingCluster(PostgresServer server, String mainDatabase, long seed) {
        this.server = server;
        this.mainDatabase = mainDatabase;
        this.random = new Random(seed);
    }

    private record Table(String database, String name) {}

    /** A few changes within databases, and perhaps one of the databases themselves. */
    void changeData() {
        for (int change = 1 + random.nextInt(6); change > 0; change--) {
            changeOnce();
        }
        if (random.nextInt(3) == 0) {
            changeDatabases();
        }
    }

    /** As {@link #changeData}, and also the tablespaces: these are outside, so no other server may replay it. */
    void changeAll() {
        changeData();
        switch (random.nextInt(4)) {
            case 0 -> makeTablespace();
            case 1 -> dropTablespace();
            default -> moveTable();
        }
    }

    private void changeOnce() {
        if (tables.size() < 3) {
            makeTable();
            return;
        }
        Table table = tables.get(random.nextInt(tables.size()));
        switch (random.nextInt(16)) {
            case 0 -> makeTable();
            case 1 -> {
                run(table, "drop table " + table.name());
                tables.remove(table);
            }
            case 2 -> run(table, "truncate " + table.name());
            case 3 -> run(table, "vacuum full " + table.name());
            case 4 -> run(table, "vacuum freeze " + table.name());
            case 5 -> insert(table, 1 + random.nextInt(8_000));
            case 6 -> insert(table, 1 + random.nextInt(10));
            // From the end, so that vacuum can cut the file.
            case 7 ->
                run(
                        table,
                        "delete from " + table.name() + " where id > (select max(id) / 2 from " + table.name() + ")",
                        "vacuum (truncate true) " + table.name());
            case 8 -> run(table, "delete from " + table.name() + " where id % 7 = " + random.nextInt(7), "checkpoint");
            case 9 -> run(table, "reindex table " + table.name());
            case 10 ->
                run(
                        table,
                        "alter table " + table.name() + " alter sum type bigint",
                        "alter table " + table.name() + " alter sum type int");
            case 11 ->
                run(
                        table,
                        "insert into " + table.name() + " select i, s, hashtext(i || s) from (select i, (select"
                                + " string_agg(md5(i || '-' || k), '') from generate_series(1, 300) k) as s from"
                                + " generate_series(1000001, 1000020) i) large on conflict (id) do nothing");
            case 12 -> run(table, "checkpoint");
            default ->
                run(
                        table,
                        "update " + table.name() + " set note = n, sum = hashtext(id || n) from (select 'changed "
                                + random.nextInt(1000) + "' as n) q where id % "
                                + (1 + random.nextInt(2000)) + " = 0");
        }
    }

    private void changeDatabases() {
        if (databases.size() < 2 || random.nextBoolean()) {
            String name = mainDatabase + "_" + made++;
            String strategy = random.nextBoolean() ? "file_copy" : "wal_log";
            server.execute("postgres", "create database " + name + " strategy " + strategy);
            databases.add(name);
            Table table = new Table(name, "t" + made++);
            makeTable(table, "");
        } else {
            String name = databases.remove(random.nextInt(databases.size()));
            tables.removeIf(table -> table.database().equals(name));
            server.execute("postgres", "drop database " + name + " with (force)");
        }
    }

    private void makeTablespace() {
        String name = "space_" + made++;
        server.execute("postgres", "create tablespace " + name + " location '" + server.newFolder(name) + "'");
        tablespaces.add(name);
        makeTable(new Table(mainDatabase, "t" + made++), " tablespace " + name);
    }

    private void dropTablespace() {
        if (tablespaces.isEmpty()) {
            return;
        }
        String name = tablespaces.remove(random.nextInt(tablespaces.size()));
        server.execute(
                mainDatabase,
                "alter table all in tablespace " + name + " set tablespace pg_default",
                // What was moved leaves empty files there until then.
                "checkpoint",
                "drop tablespace " + name);
    }

    private void moveTable() {
        List<Table> own = tables.stream()
                .filter(table -> table.database().equals(mainDatabase))
                .toList();
        if (!tablespaces.isEmpty() && !own.isEmpty()) {
            Table table = own.get(random.nextInt(own.size()));
            String space = tablespaces.get(random.nextInt(tablespaces.size()));
            run(table, "alter table " + table.name() + " set tablespace " + space);
        }
    }

    private void makeTable() {
        makeTable(new Table(mainDatabase, "t" + made++), "");
    }

    private void makeTable(Table table, String where) {
        run(
                table,
                "create table " + table.name() + " (id int primary key, note text, sum int)" + where,
                "create index on " + table.name() + " (left(note, 40), id)");
        tables.add(table);
        insert(table, 1 + random.nextInt(5_000));
    }

    private void insert(Table table, int rows) {
        run(
                table,
                "insert into " + table.name()
                        + " select i, n, hashtext(i || n) from (select i, md5(i::text) || repeat('"
                        + (char) ('a' + random.nextInt(26)) + "', " + random.nextInt(100)
                        + ") as n from (select coalesce(max(id), 0) as last from " + table.name()
                        + " where id < 1000000) l, generate_series(last + 1, last + " + rows + ") i) q"
                        + " on conflict (id) do nothing");
    }

    private void run(Table table, String... statements) {
        server.execute(table.database(), statements);
    }
}
