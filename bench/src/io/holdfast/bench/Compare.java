package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures the tools beside each other, case by case, in turns. */
final class Compare {
    private static final Case.Full SAME = new Case.Full("full", Case.Compression.SAME, true);

    private final Arguments arguments;
    private final Path work;
    private final Cluster cluster;
    private final SampleData sample;
    private final List<Tool> tools;
    private final Report report;
    /** What the tools' repositories hold: a full backup of the cluster as it is now; null if nothing fit. */
    private Case.Full held;
    private int changes;

    private Compare(Arguments arguments, Path root, Cluster cluster, SampleData sample)
            throws IOException, InterruptedException {
        this.arguments = arguments;
        this.work = arguments.work();
        this.cluster = cluster;
        this.sample = sample;
        PgBackRest pgBackRest = new PgBackRest(work, cluster);
        this.tools = List.of(
                new Holdfast(root, work, cluster, true),
                new Holdfast(root, work, cluster, false),
                pgBackRest,
                new PgBaseBackup(arguments.postgres(), work, cluster));
        this.report = new Report(arguments, pgBackRest.version());
    }

    public static void main(String[] words) throws IOException, InterruptedException, SQLException {
        Path root = Path.of(System.getProperty("holdfast.root"));
        Arguments arguments;
        try {
            arguments = Arguments.parse(words, root);
        } catch (IllegalArgumentException e) {
            System.err.println("compare: " + e.getMessage() + "\n" + Arguments.USAGE);
            System.exit(2);
            return;
        }
        Path work = Files.createDirectories(arguments.work());
        Path logs = Files.createDirectories(work.resolve("log"));
        SampleData sample = new SampleData(arguments.shape(), arguments.sizeGb());
        say("data");
        Path data = sample.prepare(arguments.postgres(), work, root);
        Path copy = work.resolve("cluster");
        Folders.remove(copy);
        Command.of("cp", "-a", data.toString(), copy.toString()).run(logs);
        Cluster cluster = Cluster.at(copy, arguments.postgres(), work, root);
        cluster.start(arguments.postgres() >= 17 ? List.of("summarize_wal=on", "wal_keep_size=4GB") : List.of());
        Report report;
        try (cluster) {
            report = new Compare(arguments, root, cluster, sample).run();
        }
        report.write();
        for (String each : List.of("cluster", "scratch", "restored", "holdfast", "holdfast_fresh", "pgbackrest", "pg_basebackup")) {
            Folders.remove(work.resolve(each));
        }
        System.out.println(arguments.json() ? report.json() : report.table());
    }

    private Report run() throws IOException, InterruptedException, SQLException {
        report.data(Folders.bytes(cluster.data().resolve("base")));
        try {
            for (Case each : arguments.cases()) {
                measure(each);
            }
        } finally {
            for (Tool tool : tools) {
                tool.close();
            }
        }
        return report;
    }

    private void measure(Case each) throws IOException, InterruptedException, SQLException {
        List<Tool> taking = new ArrayList<>();
        for (Tool tool : tools) {
            tool.leavesOut(each)
                    .ifPresentOrElse(reason -> report.leftOut(each, tool.name(), reason), () -> taking.add(tool));
        }
        if (taking.stream().noneMatch(tool -> tool.name().equals("holdfast"))) {
            return;
        }
        prepare(each, taking);
        Map<String, List<Measurement>> runs = new LinkedHashMap<>();
        for (Tool tool : taking) {
            for (int time = 0; time < tool.practice(); time++) {
                once(each, tool);
            }
        }
        for (int run = 0; run < arguments.runs(); run++) {
            List<Tool> order = new ArrayList<>(taking);
            if (run % 2 == 1) {
                Collections.reverse(order);
            }
            for (Tool tool : order) {
                Measurement one = once(each, tool);
                say("%s %s: %.2f s, CPU %.2f s, %.0f MiB, %,d bytes"
                        .formatted(each.label(), tool.name(), one.wall(), one.cpu(), one.peakMib(), one.stored()));
                runs.computeIfAbsent(tool.name(), name -> new ArrayList<>()).add(one);
            }
        }
        runs.forEach((tool, all) -> report.measured(each, tool, Measurement.median(all)));
    }

    private void prepare(Case each, List<Tool> taking) throws IOException, InterruptedException, SQLException {
        switch (each) {
            case Case.Full full -> held = full;
            case Case.Restore restore -> holdFull();
            case Case.DeltaRestore delta -> holdFull();
            case Case.Verify verify -> holdFull();
            case Case.Incremental incremental -> {
                held = null;
                holdFull();
                changes++;
                Pages before = Pages.of(cluster.data());
                sample.change(cluster, incremental.share(), incremental.clustered(), changes);
                Pages after = Pages.of(cluster.data());
                List<String> heap = sample.shape() == Arguments.Shape.MANY
                        ? List.of()
                        : List.of(cluster.ask("select pg_relation_filepath('events')"));
                report.changed(each, after.changedSince(before, List.of()), after.changedSince(before, heap));
                held = null;
            }
        }
    }

    /** Makes a full backup with every tool, unmeasured, unless there is one. */
    private void holdFull() throws IOException, InterruptedException, SQLException {
        if (!SAME.equals(held)) {
            cluster.execute("checkpoint");
            for (Tool tool : tools) {
                if (tool.leavesOut(SAME).isEmpty()) {
                    tool.begin(SAME);
                    Folders.fresh(work.resolve("scratch"));
                    tool.full().run(work.resolve("log"));
                }
            }
            held = SAME;
        }
    }

    private Measurement once(Case each, Tool tool) throws IOException, InterruptedException, SQLException {
        Path scratch = Folders.fresh(work.resolve("scratch"));
        Path destination = work.resolve("restored");
        long before = 0;
        switch (each) {
            case Case.Full full -> tool.begin(full);
            case Case.Incremental incremental -> {
                tool.forgetIncrementals();
                before = Folders.bytes(tool.repository());
            }
            case Case.Restore restore -> Folders.fresh(destination);
            case Case.DeltaRestore delta -> changedCopy(destination);
            case Case.Verify verify -> {}
        }
        cluster.execute("checkpoint");
        Work asked = work(each, tool, destination);
        report.cold(Folders.coolDown(scratch));
        tool.warmUp().run(work.resolve("log"));
        Measurement measured = asked.measure(work.resolve("log"), cluster::cpuSeconds);
        return switch (each) {
            case Case.Full full -> measured.storing(Folders.bytes(tool.repository()));
            case Case.Incremental incremental -> measured.storing(Folders.bytes(tool.repository()) - before);
            case Case.Restore restore -> restored(measured, destination);
            case Case.DeltaRestore delta -> restored(measured, destination);
            case Case.Verify verify -> measured;
        };
    }

    private static Work work(Case each, Tool tool, Path destination) {
        return switch (each) {
            case Case.Full full -> tool.full();
            case Case.Incremental incremental -> tool.incremental();
            case Case.Restore restore -> tool.restore(destination);
            case Case.DeltaRestore delta -> tool.deltaRestore(destination);
            case Case.Verify verify -> tool.verify(verify.depth());
        };
    }

    /** What a cluster looks like that went on after its backup: one of a hundred pages, here and there, is another one. */
    private void changedCopy(Path destination) throws IOException, InterruptedException {
        Folders.remove(destination);
        Command.of(
                        "bash",
                        "-c",
                        "cp -a \"$1\" \"$2\" && rm -f \"$2\"/postmaster.pid",
                        "copy",
                        cluster.data().toString(),
                        destination.toString())
                .run(work.resolve("log"));
        Pages.spoil(destination.resolve("base"), 0.01);
    }

    private Measurement restored(Measurement measured, Path destination) throws IOException {
        long expected = Folders.bytes(cluster.data().resolve("base"));
        long found = Folders.bytes(destination.resolve("base"));
        if (!Files.exists(destination.resolve("global/pg_control")) || found < expected * 0.99) {
            throw new IOException("restored " + found + " bytes of " + expected);
        }
        return measured;
    }

    private static void say(String what) {
        System.err.println("compare: " + what);
    }
}
