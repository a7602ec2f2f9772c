package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured, as JSON, as a table, and as a picture. */
final class Report {
    private static final String OURS = "holdfast";
    private static final String FRESH = "holdfast_fresh";
    private static final String THEIRS = "pgbackrest";

    private final Arguments arguments;
    private final String pgBackRest;
    private final Map<String, Map<String, Measurement>> cases = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> leftOut = new LinkedHashMap<>();
    private final Map<String, double[]> changed = new LinkedHashMap<>();
    private long dataBytes;
    private boolean cold;

    Report(Arguments arguments, String pgBackRest) {
        this.arguments = arguments;
        this.pgBackRest = pgBackRest;
    }

    void data(long bytes) {
        dataBytes = bytes;
    }

    /** Whether the kernel's caches could be dropped. */
    void cold(boolean dropped) {
        cold = dropped;
    }

    void measured(Case each, String tool, Measurement median) {
        cases.computeIfAbsent(each.label(), label -> new LinkedHashMap<>()).put(tool, median);
    }

    void leftOut(Case each, String tool, String reason) {
        leftOut.computeIfAbsent(each.label(), label -> new LinkedHashMap<>()).put(tool, reason);
    }

    /** Which share of all pages, and of the changed table's, is not as it was. */
    void changed(Case each, double ofAll, double ofHeap) {
        changed.put(each.label(), new double[] {ofAll, ofHeap});
    }

    Map<String, Map<String, Measurement>> cases() {
        return cases;
    }

    void write() throws IOException {
        Files.createDirectories(arguments.results());
        Path base = arguments.results().resolve(name());
        Files.writeString(base.resolveSibling(name() + ".md"), table());
        Files.writeString(base.resolveSibling(name() + ".svg"), Plot.of(this, title()));
        Files.writeString(base.resolveSibling(name() + ".json"), json() + "\n");
    }

    private String name() {
        return "postgres-%d-%s-%sgb".formatted(arguments.postgres(), arguments.shape().label(), size());
    }

    private String size() {
        return arguments.sizeGb() == Math.rint(arguments.sizeGb())
                ? Long.toString((long) arguments.sizeGb())
                : Double.toString(arguments.sizeGb());
    }

    String title() {
        return "PostgreSQL %d, %s, %.2f GB, pgBackRest %s"
                .formatted(arguments.postgres(), arguments.shape().label(), dataBytes / 1e9, pgBackRest);
    }

    /** How many of ours one of theirs is; NaN where one is missing or nothing. */
    static double ratio(Map<String, Measurement> tools, ToDoubleFunction<Measurement> number) {
        return ratio(tools, OURS, number);
    }

    private static double ratio(Map<String, Measurement> tools, String tool, ToDoubleFunction<Measurement> number) {
        Measurement ours = tools.get(tool);
        Measurement theirs = tools.get(THEIRS);
        return ours == null || theirs == null || number.applyAsDouble(theirs) == 0
                ? Double.NaN
                : number.applyAsDouble(ours) / number.applyAsDouble(theirs);
    }

    String table() {
        StringBuilder text = new StringBuilder("# " + title() + "\n\n");
        text.append(("Medians of %d runs each, in turns, %d processors, %s, on %s. Ratios are to pgBackRest. `holdfast` is a running"
                        + " worker, `holdfast_fresh` one that is started for each run. Encrypted, but for `full_plain` and"
                        + " pg_basebackup.\n\n")
                .formatted(
                        arguments.runs(),
                        Runtime.getRuntime().availableProcessors(),
                        cold ? "caches dropped before each" : "caches warm (not allowed to drop them)",
                        Instant.now().truncatedTo(ChronoUnit.DAYS).toString().substring(0, 10)));
        text.append("| case | tool | wall s | of which JVM start | CPU s | server's CPU s | peak MiB | stored MB |"
                + " wall | CPU | stored |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
        cases.forEach((label, tools) -> tools.forEach((tool, m) -> text.append(
                "| %s | %s | %.2f | %s | %.2f | %.2f | %.0f | %s | %s | %s | %s |\n"
                        .formatted(
                                label,
                                tool,
                                m.wall(),
                                m.startup() == 0 ? "" : number(m.startup()),
                                m.cpu(),
                                m.serverCpu(),
                                m.peakMib(),
                                m.stored() == 0 ? "" : number(m.stored() / 1e6),
                                tool.startsWith(OURS) ? number(ratio(tools, tool, Measurement::wall)) : "",
                                tool.startsWith(OURS) ? number(ratio(tools, tool, Measurement::cpu)) : "",
                                tool.startsWith(OURS) ? number(ratio(tools, tool, Measurement::stored)) : ""))));
        changed.forEach((label, shares) -> text.append("\n%s: %.2f %% of all pages had changed, %.2f %% of the table's\n"
                .formatted(label, shares[0] * 100, shares[1] * 100)));
        leftOut.forEach((label, tools) ->
                tools.forEach((tool, why) -> text.append("\nLeft out: %s, %s: %s.\n".formatted(label, tool, why))));
        return text.toString();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
    }

    /** One line. */
    String json() {
        List<String> members = new ArrayList<>();
        double peak = cases.values().stream()
                .flatMap(tools -> tools.entrySet().stream())
                .filter(tool -> tool.getKey().startsWith(OURS))
                .mapToDouble(tool -> tool.getValue().peakMib())
                .max()
                .orElse(Double.NaN);
        cases.forEach((label, tools) -> {
            StringBuilder each = new StringBuilder("\"%s\":{".formatted(label));
            each.append("\"wall_ratio\":%s,\"cpu_ratio\":%s,\"stored_ratio\":%s,\"fresh_wall_ratio\":%s,"
                            + "\"fresh_cpu_ratio\":%s,\"worker_peak_mib\":%s"
                    .formatted(
                            json(ratio(tools, Measurement::wall)),
                            json(ratio(tools, Measurement::cpu)),
                            json(ratio(tools, Measurement::stored)),
                            json(ratio(tools, FRESH, Measurement::wall)),
                            json(ratio(tools, FRESH, Measurement::cpu)),
                            json(tools.containsKey(OURS) ? tools.get(OURS).peakMib() : Double.NaN)));
            double[] shares = changed.get(label);
            if (shares != null) {
                each.append(",\"changed_pages\":%s,\"changed_table_pages\":%s".formatted(json(shares[0]), json(shares[1])));
            }
            tools.forEach((tool, m) -> each.append(
                    ",\"%s\":{\"wall\":%s,\"startup\":%s,\"cpu\":%s,\"server_cpu\":%s,\"peak_mib\":%s,\"stored_bytes\":%d}"
                            .formatted(
                                    tool,
                                    json(m.wall()),
                                    json(m.startup()),
                                    json(m.cpu()),
                                    json(m.serverCpu()),
                                    json(m.peakMib()),
                                    m.stored())));
            members.add(each.append("}").toString());
        });
        List<String> missing = new ArrayList<>();
        leftOut.forEach((label, tools) -> {
            if (tools.containsKey(OURS)) {
                missing.add("\"%s\":\"%s\"".formatted(label, tools.get(OURS)));
            }
        });
        return ("{\"postgres\":%d,\"shape\":\"%s\",\"data_bytes\":%d,\"runs\":%d,\"pgbackrest\":\"%s\",\"caches\":\"%s\","
                        + "\"worker_peak_mib\":%s,\"cases\":{%s},\"left_out\":{%s}}")
                .formatted(
                        arguments.postgres(),
                        arguments.shape().label(),
                        dataBytes,
                        arguments.runs(),
                        pgBackRest,
                        cold ? "dropped" : "warm",
                        json(peak),
                        String.join(",", members),
                        String.join(",", missing));
    }

    private static String json(double value) {
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.4f", value);
    }
}
