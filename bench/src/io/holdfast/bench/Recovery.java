package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Measures how long it takes from the command until the first query is answered, by a cluster that is recovered from a backup
 * along all the log that was written since. The same log is streamed by Holdfast and pushed by the server to pgBackRest.
 */
final class Recovery {
    private static final String USAGE =
            """
            usage: bench/recovery [--size-gb N] [--wal-gb N] [--runs N] [--postgres 15|16|17|18] [--work FOLDER] [--json]
            environment: PGBACKREST (program), HOLDFAST_BUILD (as for ./holdfast)""";

    private final Options options;
    private final Path root;
    private final Path work;
    private final Path logs;
    private final int postgres;
    private final Map<String, List<Measurement>> runs = new LinkedHashMap<>();
    private long dataBytes;
    private double walBytes;
    private boolean cold;

    private Recovery(Options options, Path root) throws IOException {
        this.options = options;
        this.root = root;
        this.work = Files.createDirectories(options.work());
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        this.logs = Files.createDirectories(work.resolve("log"));
        this.postgres = (int) options.number("postgres", 15);
    }

    public static void main(String[] words) throws IOException, InterruptedException, SQLException {
        Options options;
        try {
            options = Options.parse(words, Set.of("size-gb", "wal-gb", "runs", "postgres", "work"));
        } catch (IllegalArgumentException e) {
            System.err.println("recovery: " + e.getMessage() + "\n" + USAGE);
            System.exit(2);
            return;
        }
        new Recovery(options, Path.of(System.getProperty("holdfast.root"))).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        SampleData sample = new SampleData(Arguments.Shape.MIXED, options.number("size-gb", 1));
        say("data");
        Path data = sample.prepare(postgres, work, root);
        Path copy = work.resolve("cluster");
        Folders.remove(copy);
        Command.of("cp", "-a", data.toString(), copy.toString()).run(logs);
        Cluster cluster = Cluster.at(copy, postgres, work, root);
        Archive archive = new Archive(work.resolve("pgbackrest"), logs, cluster);
        archive.requireInstalled();
        LocalHoldfast local = LocalHoldfast.in(work, root);
        try (local) {
            String written;
            cluster.start(List.of("archive_mode=on"));
            try (cluster) {
                local.configure(configuration(local, cluster));
                local.up(cluster.installation());
                archive.begin(true);
                written = store(cluster, local, archive);
            }
            dataBytes = Folders.bytes(cluster.data().resolve("base"));
            measure(
                    List.of(
                            new Recoverer.Running(local, logs),
                            new Recoverer.BreakGlass(local, cluster.installation(), logs),
                            new Recoverer.Restored(archive, cluster, logs)),
                    written,
                    cluster);
        } finally {
            for (String each : List.of("cluster", "pgbackrest", "recovered")) {
                Folders.remove(work.resolve(each));
            }
        }
        report(archive.version());
    }

    private static String configuration(LocalHoldfast local, Cluster cluster) {
        return "repositories:\n" + local.repositoryLine("main") + "targets:\n  bench:\n    postgres: { host: \""
                + cluster.data() + "\", port: " + cluster.port() + ", user: postgres }\n    repository: main\n";
    }

    /** Backs up with both, lets the log grow, and waits until both have it. Returns what the last row says. */
    private String store(Cluster cluster, LocalHoldfast local, Archive archive)
            throws IOException, InterruptedException, SQLException {
        cluster.execute(
                "alter role postgres password 'bench'",
                "create table written (at timestamptz)",
                "alter system set archive_command = '" + archive.pushing() + "'",
                "select pg_reload_conf()",
                "checkpoint");
        say("backups");
        archive.backup().run(logs);
        local.run("backup", "--target", "bench", "--wait-for", "verified");
        String from = cluster.ask("select pg_current_wal_lsn()");
        double wanted = options.number("wal-gb", 0.2) * 1e9;
        for (int batch = 1; since(cluster, from) < wanted; batch++) {
            // Here and there, so that whole pages are in the log as well; and new rows, most of them in indexes' ends.
            cluster.execute(
                    "update events set touched = touched + 1 where id in (select (random() * (select max(id) from events))"
                            + "::bigint from generate_series(1, 5000))",
                    "insert into events select (select max(id) from events) + i, now(), gen_random_uuid(), 'login',"
                            + " jsonb_build_object('session', md5(random()::text)) from generate_series(1, 20000) i");
        }
        cluster.execute("insert into written values (clock_timestamp())");
        String segment = cluster.ask("select pg_walfile_name(pg_switch_wal())");
        String end = cluster.ask("select pg_current_wal_flush_lsn()");
        walBytes = since(cluster, from);
        say("%.0f MB of log".formatted(walBytes / 1e6));
        await(cluster, "select last_archived_wal >= '" + segment + "' from pg_stat_archiver");
        await(cluster, "select restart_lsn >= '" + end + "' from pg_replication_slots where slot_name = 'holdfast_bench'");
        return cluster.ask("select max(at)::text from written");
    }

    private static double since(Cluster cluster, String from) throws SQLException {
        return Double.parseDouble(cluster.ask("select pg_current_wal_lsn() - '" + from + "'::pg_lsn"));
    }

    private static void await(Cluster cluster, String question) throws SQLException, InterruptedException, IOException {
        for (int i = 0; !"t".equals(cluster.ask(question)); i++) {
            if (i == 6000) {
                throw new IOException("waited in vain: " + question);
            }
            Thread.sleep(100);
        }
    }

    private void measure(List<Recoverer> ways, String written, Cluster cluster)
            throws IOException, InterruptedException, SQLException {
        for (Recoverer way : ways) {
            for (int time = 0; time < way.practice(); time++) {
                once(way, written, cluster);
            }
        }
        for (int run = 0; run < (int) options.number("runs", 3); run++) {
            List<Recoverer> order = new ArrayList<>(ways);
            if (run % 2 == 1) {
                Collections.reverse(order);
            }
            for (Recoverer way : order) {
                Measurement one = once(way, written, cluster);
                say("%s: %.2f s, of which until its command ended %.2f; CPU %.2f s, of which the server %.2f"
                        .formatted(way.name(), one.wall(), one.startup(), one.cpu(), one.serverCpu()));
                runs.computeIfAbsent(way.name(), name -> new ArrayList<>()).add(one);
            }
        }
    }

    private Measurement once(Recoverer way, String written, Cluster cluster)
            throws IOException, InterruptedException, SQLException {
        Path into = work.resolve("recovered");
        way.prepare(into);
        cold = Folders.coolDown(logs);
        warmUp(cluster);
        long begun = System.nanoTime();
        Recoverer.Begun server = way.recover(into);
        double command = (System.nanoTime() - begun) / 1e9;
        String found = firstAnswer(server.port());
        double wall = (System.nanoTime() - begun) / 1e9;
        double serverCpu = Processes.ofServer(into);
        double cpu = server.cpu().seconds() + serverCpu;
        cluster.on(into).close();
        Folders.remove(into);
        if (!found.equals(written)) {
            throw new IOException(way.name() + " recovered to " + found + ", and the last row is of " + written);
        }
        return new Measurement(wall, cpu, serverCpu, 0, 0, command);
    }

    /** Asks until the server answers. */
    private static String firstAnswer(int port) throws InterruptedException, IOException {
        long end = System.nanoTime() + 3_600_000_000_000L;
        while (true) {
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "bench");
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select max(at)::text from written")) {
                rows.next();
                return rows.getString(1);
            } catch (SQLException e) {
                if (System.nanoTime() > end) {
                    throw new IOException("the recovered server does not answer", e);
                }
                Thread.sleep(20);
            }
        }
    }

    /** Brings programs into memory, those of all alike. */
    private void warmUp(Cluster cluster) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("holdfast.java")).resolveSibling("..").normalize().toString();
        Command.of(
                        "sh",
                        "-c",
                        "find \"$@\" -type f -print0 | xargs -0 cat > /dev/null; ${PGBACKREST:-pgbackrest} version",
                        "warm",
                        java + "/lib",
                        cluster.installation().toString(),
                        root.resolve("cli/target/lib").toString(),
                        root.resolve("restore-worker/target/quarkus-app").toString())
                .run(logs);
    }

    private void report(String peer) {
        StringBuilder table = new StringBuilder("| | until the first answer, s | CPU, s | of which the server |\n|---|---|---|---|\n");
        List<String> members = new ArrayList<>();
        Map<String, Measurement> medians = new LinkedHashMap<>();
        runs.forEach((name, all) -> {
            Measurement m = Measurement.median(all);
            medians.put(name, m);
            table.append("| %s | %.2f | %.2f | %.2f |%n".formatted(name, m.wall(), m.cpu(), m.serverCpu()));
            members.add(number(
                    "\"%s\":{\"wall\":%.3f,\"command\":%.3f,\"cpu\":%.3f,\"server_cpu\":%.3f}",
                    name, m.wall(), m.startup(), m.cpu(), m.serverCpu()));
        });
        Measurement ours = medians.get("holdfast");
        Measurement fresh = medians.get("holdfast_fresh");
        Measurement theirs = medians.get("pgbackrest");
        String json = number(
                "{\"postgres\":%d,\"data_bytes\":%d,\"wal_bytes\":%.0f,\"runs\":%d,\"pgbackrest\":\"%s\",\"caches\":\"%s\","
                        + "\"wall_ratio\":%.3f,\"cpu_ratio\":%.3f,\"fresh_wall_ratio\":%.3f,\"fresh_cpu_ratio\":%.3f,",
                postgres,
                dataBytes,
                walBytes,
                runs.get("pgbackrest").size(),
                peer,
                cold ? "dropped" : "warm",
                ours.wall() / theirs.wall(),
                ours.cpu() / theirs.cpu(),
                fresh.wall() / theirs.wall(),
                fresh.cpu() / theirs.cpu());
        System.out.println(options.json() ? json + "\"ways\":{" + String.join(",", members) + "}}" : table);
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static void say(String what) {
        System.err.println("recovery: " + what);
    }
}
