package io.holdfast.bench;

import io.holdfast.bench.Archiving.Pushed;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same segments, which wait in a server's {@code pg_wal}, pushed by its archiver with one tool after the other. */
final class Pushing {
    private static final List<String> WAYS = List.of("holdfast", "pgbackrest", "pgbackrest_async");

    private final Cluster cluster;
    private final LocalHoldfast local;
    private final Archive archive;
    private final Path root;
    private final Path logs;
    private final List<String> segments = new ArrayList<>();

    Pushing(Cluster cluster, LocalHoldfast local, Archive archive, Path root, Path logs) {
        this.cluster = cluster;
        this.local = local;
        this.archive = archive;
        this.root = root;
        this.logs = logs;
    }

    /** Has the server write log of rows and indexes until so many segments are full. */
    void fill(int count) throws IOException, SQLException {
        cluster.execute(
                "create table events (id bigint, at timestamptz, customer uuid, payload jsonb)",
                "create index on events (customer)",
                "create index on events (id)");
        while (waiting().size() <= count) {
            cluster.execute("insert into events select i, now(), gen_random_uuid(), jsonb_build_object('session',"
                    + " md5(i::text), 'amount', i * 7919 % 100000, 'channel', 'web', 'agent', 'Mozilla/5.0 (X11; Linux)')"
                    + " from generate_series(1, 50000) i");
        }
        segments.addAll(waiting());
        Collections.sort(segments);
    }

    Map<String, List<Pushed>> measure(int runs) throws IOException, InterruptedException, SQLException {
        StringBuilder repositories = new StringBuilder("repositories:\n");
        StringBuilder targets = new StringBuilder("targets:\n");
        Path token = token();
        for (int run = 0; run <= runs; run++) {
            repositories.append(local.repositoryLine("run" + run));
            targets.append("  run%d:\n    postgres: { host: \"%s\", port: %d, user: postgres }\n"
                            .formatted(run, cluster.data(), cluster.port()))
                    .append("    repository: run%d\n    wal: { stream: false, archive_token: \"file:%s\" }\n"
                            .formatted(run, token));
        }
        local.configure(repositories.append(targets).toString());
        local.up(cluster.installation());
        Files.writeString(
                settings(), "url=http://127.0.0.1:" + local.port("backup-worker") + "\ntoken=file:" + token + "\n");
        // A service has seen its work before.
        once("holdfast", 0);
        Map<String, List<Pushed>> pushed = new LinkedHashMap<>();
        for (int run = 1; run <= runs; run++) {
            List<String> order = new ArrayList<>(WAYS);
            if (run % 2 == 0) {
                Collections.reverse(order);
            }
            for (String way : order) {
                Pushed one = once(way, run);
                Archiving.say("%s: %.1f segments/s, CPU %.0f ms each".formatted(way, one.perSecond(), one.cpu() * 1000));
                pushed.computeIfAbsent(way, name -> new ArrayList<>()).add(one);
            }
        }
        return pushed;
    }

    private Pushed once(String way, int run) throws IOException, InterruptedException, SQLException {
        String command;
        Path repository;
        if (way.equals("holdfast")) {
            command = script() + " --config " + settings() + " --target run" + run + " %p %f";
            repository = local.repository("run" + run);
            first(run);
        } else {
            archive.begin(way.equals("pgbackrest_async"));
            command = archive.pushing();
            repository = archive.repository();
        }
        for (String segment : segments) {
            Path done = status().resolve(segment + ".done");
            if (Files.exists(done)) {
                Files.move(done, status().resolve(segment + ".ready"), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        long archiver = Long.parseLong(cluster.ask("select pid from pg_stat_activity where backend_type = 'archiver'"));
        long worker = local.pid("backup-worker");
        double cpu = Processes.withEnded(archiver) + (way.equals("holdfast") ? Processes.own(worker) : 0);
        try (Processes.Daemons daemons = new Processes.Daemons(archive.configuration().toString())) {
            long begun = System.nanoTime();
            command(command);
            while (!waiting().isEmpty()) {
                Thread.sleep(5);
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            double used = Processes.withEnded(archiver) + (way.equals("holdfast") ? Processes.own(worker) : 0) - cpu;
            return new Pushed(
                    segments.size() / seconds, (used + daemons.seconds()) / segments.size(), Folders.bytes(repository));
        } finally {
            command("");
        }
    }

    /** A new repository is opened when the first file comes, as pgBackRest's is made beforehand. */
    private void first(int run) throws IOException, InterruptedException {
        cluster.asUser(
                        "sh",
                        "-c",
                        "cd \"$1\" && exec \"$2\" --config \"$3\" --target \"$4\" \"pg_wal/$5\" \"$5\"",
                        "push",
                        cluster.data().toString(),
                        script().toString(),
                        settings().toString(),
                        "run" + run,
                        segments.getFirst())
                .run(logs);
    }

    private void command(String command) throws SQLException {
        cluster.execute("alter system set archive_command = '" + command + "'", "select pg_reload_conf()");
    }

    /** The segments that wait to be archived. */
    private List<String> waiting() throws IOException {
        List<String> waiting = new ArrayList<>();
        try (DirectoryStream<Path> ready = Files.newDirectoryStream(status(), "*.ready")) {
            for (Path each : ready) {
                String name = each.getFileName().toString();
                waiting.add(name.substring(0, name.length() - ".ready".length()));
            }
        }
        return waiting;
    }

    private Path status() {
        return cluster.data().resolve("pg_wal/archive_status");
    }

    private Path token() throws IOException, InterruptedException {
        Path token = Files.writeString(logs.resolveSibling("archive.token"), "not-a-secret-only-a-benchmark\n");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        return token;
    }

    private Path settings() {
        return logs.resolveSibling("archive.conf");
    }

    private Path script() throws IOException {
        Path copy = logs.resolveSibling("holdfast-archive");
        Files.copy(root.resolve("deploy/archive/holdfast-archive"), copy, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        return copy;
    }
}
