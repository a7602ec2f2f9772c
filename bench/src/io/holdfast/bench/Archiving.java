package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Measures how fast the log is taken: by {@code archive_command}, segments that wait; and by streaming, while a server writes
 * as much a second as it is told to. pgBackRest does the same with the same log.
 */
final class Archiving {
    private static final String USAGE =
            """
            usage: bench/archiving [--segments N] [--runs N] [--rates MB/s,MB/s...] [--seconds N] [--postgres 15|16|17|18]
                                   [--work FOLDER] [--json]
            environment: PGBACKREST (program), HOLDFAST_BUILD (as for ./holdfast)""";

    private final Options options;
    private final Path root;
    private final Path work;
    private final Path logs;

    private Archiving(Options options, Path root) throws IOException {
        this.options = options;
        this.root = root;
        this.work = Files.createDirectories(options.work());
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        this.logs = Files.createDirectories(work.resolve("log"));
    }

    public static void main(String[] words) throws IOException, InterruptedException, SQLException {
        Options options;
        try {
            options = Options.parse(words, Set.of("segments", "runs", "rates", "seconds", "postgres", "work"));
        } catch (IllegalArgumentException e) {
            System.err.println("archiving: " + e.getMessage() + "\n" + USAGE);
            System.exit(2);
            return;
        }
        new Archiving(options, Path.of(System.getProperty("holdfast.root"))).run();
    }

    private void run() throws IOException, InterruptedException, SQLException {
        Cluster cluster = Cluster.at(work.resolve("archived"), (int) options.number("postgres", 15), work, root);
        Archive archive = new Archive(work.resolve("pgbackrest"), logs, cluster);
        archive.requireInstalled();
        cluster.initialise();
        LocalHoldfast local = LocalHoldfast.in(work, root);
        Map<String, List<Pushed>> pushed;
        Map<String, List<Streamed>> streamed = new LinkedHashMap<>();
        try (local) {
            // Nothing is removed or made anew while the same segments are pushed, over and over.
            cluster.start(List.of("archive_mode=on", "max_wal_size=100GB", "checkpoint_timeout=1d"));
            try (cluster) {
                Pushing pushing = new Pushing(cluster, local, archive, root, logs);
                say("log");
                pushing.fill((int) options.number("segments", 64));
                pushed = pushing.measure((int) options.number("runs", 3));
            }
            cluster.start(List.of("archive_mode=on", "max_wal_size=4GB", "shared_buffers=512MB"));
            try (cluster) {
                Streaming streaming = new Streaming(cluster, local, archive, logs);
                int seconds = (int) options.number("seconds", 60);
                for (double rate : options.numbers("rates", "50,100,150")) {
                    streamed.computeIfAbsent("holdfast", name -> new ArrayList<>())
                            .add(streaming.streamed(rate, seconds));
                    streamed.computeIfAbsent("pgbackrest_async", name -> new ArrayList<>())
                            .add(streaming.pushed(rate, seconds));
                }
            }
        } finally {
            for (String each : List.of("archived", "pgbackrest")) {
                Folders.remove(work.resolve(each));
            }
        }
        System.out.println(options.json() ? json(pushed, streamed, archive) : table(pushed, streamed));
    }

    /**
     * Segments that were pushed by a server's archiver.
     *
     * @param perSecond segments of 16 MiB
     * @param cpu seconds for each, of all that took part but the server
     * @param stored bytes of all in the repository
     */
    record Pushed(double perSecond, double cpu, long stored) {}

    /**
     * Log that was taken while a server wrote.
     *
     * @param wanted MB a second that the server was told to write
     * @param written MB a second that it wrote
     * @param lag MB that were flushed and not stored, at each quarter of the time
     * @param most the most of that
     * @param drained seconds until all was stored, after the last byte was written
     * @param cpu seconds for each GB, of all that took part but the server
     */
    record Streamed(double wanted, double written, List<Double> lag, double most, double drained, double cpu) {}

    private static Pushed median(List<Pushed> all) {
        List<Pushed> sorted = new ArrayList<>(all);
        sorted.sort((one, other) -> Double.compare(one.perSecond(), other.perSecond()));
        return sorted.get(sorted.size() / 2);
    }

    private static String table(Map<String, List<Pushed>> pushed, Map<String, List<Streamed>> streamed) {
        StringBuilder text = new StringBuilder("| archive_command | segments/s | CPU ms each | stored MB |\n|---|---|---|---|\n");
        pushed.forEach((name, all) -> {
            Pushed m = median(all);
            text.append(number("| %s | %.1f | %.0f | %.0f |%n", name, m.perSecond(), m.cpu() * 1000, m.stored() / 1e6));
        });
        text.append("\n| while it is written | wanted MB/s | written | lag at 1/4, 1/2, 3/4, end, MB | most | then, s | CPU s/GB |\n")
                .append("|---|---|---|---|---|---|---|\n");
        streamed.forEach((name, all) -> all.forEach(m -> text.append(number(
                "| %s | %.0f | %.0f | %s | %.0f | %.1f | %.2f |%n",
                name, m.wanted(), m.written(), numbers(m.lag()), m.most(), m.drained(), m.cpu()))));
        return text.toString();
    }

    private String json(Map<String, List<Pushed>> pushed, Map<String, List<Streamed>> streamed, Archive archive) {
        List<String> commands = new ArrayList<>();
        pushed.forEach((name, all) -> {
            Pushed m = median(all);
            commands.add(number(
                    "\"%s\":{\"segments_per_second\":%.2f,\"cpu_seconds_each\":%.4f,\"stored_bytes\":%d}",
                    name, m.perSecond(), m.cpu(), m.stored()));
        });
        List<String> streams = new ArrayList<>();
        streamed.forEach((name, all) -> streams.add("\"" + name + "\":["
                + String.join(
                        ",",
                        all.stream()
                                .map(m -> number(
                                        "{\"wanted_mb\":%.0f,\"written_mb\":%.1f,\"lag_mb\":[%s],\"most_lag_mb\":%.1f,"
                                                + "\"drained_seconds\":%.2f,\"cpu_seconds_per_gb\":%.3f}",
                                        m.wanted(), m.written(), numbers(m.lag()), m.most(), m.drained(), m.cpu()))
                                .toList())
                + "]"));
        return number(
                "{\"postgres\":%.0f,\"pgbackrest\":\"%s\",\"segments\":%.0f,\"archive_command\":{%s},\"streaming\":{%s}}",
                options.number("postgres", 15),
                archive.version(),
                options.number("segments", 64),
                String.join(",", commands),
                String.join(",", streams));
    }

    private static String numbers(List<Double> all) {
        return String.join(",", all.stream().map(each -> number("%.1f", each)).toList());
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static void say(String what) {
        System.err.println("archiving: " + what);
    }
}
