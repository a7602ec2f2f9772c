package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/** Programs, run to their end; what they say goes to a file, which is shown when they fail. */
record Command(List<String> words, Map<String, String> environment) implements Work {
    /** bash's own clock counts a process with all those that it waited for. */
    private static final String TIMED =
            "times=$1; log=$2; shift 2; TIMEFORMAT='%3R %3U %3S'; { time \"$@\" >\"$log\" 2>&1; } 2>\"$times\"";

    private static final int SAMPLE_MILLIS = 40;

    static Command of(String... words) {
        return new Command(List.of(words), Map.of());
    }

    /** What it wrote. */
    @Override
    public String run(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("command.log");
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return finished(builder.start().waitFor(), log);
    }

    @Override
    public Measurement measure(Path folder, DoubleSupplier serverCpu) throws IOException, InterruptedException {
        Path times = folder.resolve("command.times");
        Path log = folder.resolve("command.log");
        List<String> timed = new ArrayList<>(
                List.of("bash", "-c", TIMED, "measured", times.toString(), log.toString()));
        timed.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(timed).redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C.UTF-8");
        double serverBefore = serverCpu.getAsDouble();
        Process process = builder.start();
        double peak = 0;
        while (process.isAlive()) {
            peak = Math.max(peak, residentMib(process));
            Thread.sleep(SAMPLE_MILLIS);
        }
        String said = finished(process.waitFor(), log);
        String[] numbers = Files.readString(times).strip().split(" ");
        double wall = Double.parseDouble(numbers[0]);
        double startup = said.lines()
                .filter(line -> line.startsWith("work_millis="))
                .mapToDouble(line -> wall - Double.parseDouble(line.substring("work_millis=".length())) / 1000)
                .findFirst()
                .orElse(0);
        return new Measurement(
                wall,
                Double.parseDouble(numbers[1]) + Double.parseDouble(numbers[2]),
                serverCpu.getAsDouble() - serverBefore,
                peak,
                0,
                startup);
    }

    private String finished(int code, Path log) throws IOException {
        String said = Files.readString(log);
        if (code != 0) {
            throw new IOException(words + " ended with " + code + ":\n" + said);
        }
        return said;
    }

    /** What all processes below hold at this moment, each at its own highest so far. */
    private static double residentMib(Process process) {
        try (Stream<ProcessHandle> children = process.descendants()) {
            return children.mapToLong(child -> highWaterKib(child.pid())).sum() / 1024.0;
        }
    }

    /** The most that a process has held so far. */
    static long highWaterKib(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0; // It has ended since.
        }
    }

    /** With one more variable. */
    Command with(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Command(words, more);
    }
}
