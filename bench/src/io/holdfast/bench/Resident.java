package io.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** A program that stays, and does what it is asked for line by line, as a service does. */
final class Resident implements AutoCloseable {
    private final List<String> words;
    private final Process process;
    private final BufferedReader answers;
    private final Writer requests;

    /** Starts it; what it complains of goes to a file in the folder. */
    Resident(List<String> words, Path folder) throws IOException {
        this.words = List.copyOf(words);
        List<String> all = new ArrayList<>(words);
        all.add("resident");
        Path complaints = folder.resolve("resident.log");
        process = new ProcessBuilder(all)
                .redirectError(ProcessBuilder.Redirect.appendTo(complaints.toFile()))
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** What it is asked for. */
    Work asked(List<String> arguments) {
        return new Work() {
            @Override
            public String run(Path folder) throws IOException {
                return ask(arguments);
            }

            @Override
            public Measurement measure(Path folder, DoubleSupplier serverCpu) throws IOException {
                forgetPeak();
                double cpu = Processes.own(process.pid());
                double serverBefore = serverCpu.getAsDouble();
                long begun = System.nanoTime();
                ask(arguments);
                double wall = (System.nanoTime() - begun) / 1e9;
                return new Measurement(
                        wall,
                        Processes.own(process.pid()) - cpu,
                        serverCpu.getAsDouble() - serverBefore,
                        Command.highWaterKib(process.pid()) / 1024.0,
                        0,
                        0);
            }
        };
    }

    private String ask(List<String> arguments) throws IOException {
        requests.write(String.join("\t", arguments) + "\n");
        requests.flush();
        StringBuilder said = new StringBuilder();
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            said.append(line).append('\n');
            if (line.startsWith("work_millis=")) {
                return said.toString();
            }
        }
        throw new IOException(words + " ended when asked for " + arguments + ":\n" + said);
    }

    /** The highest resident memory is counted from now on; proc(5), clear_refs. */
    private void forgetPeak() throws IOException {
        Files.writeString(Path.of("/proc/" + process.pid() + "/clear_refs"), "5");
    }

    /** Ends it; returns when it has ended. */
    @Override
    public void close() throws IOException, InterruptedException {
        requests.close();
        process.waitFor();
    }
}
