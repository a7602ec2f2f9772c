package io.holdfast.cli.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts processes that outlive this one, each in a session of its own, so that a terminal's Ctrl-C does not reach it. */
final class ProcessLauncher {
    private ProcessLauncher() {}

    /** Returns the process, or nothing when it ended at once. Its output goes to the end of the log. */
    static Optional<ProcessIdentity> start(Launch launch, Path log) throws IOException {
        // setsid replaces itself by the program, as a child of a JVM never leads a process group: the id is the
        // program's.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(launch.command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(launch.folder().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        if (!launch.inherits()) {
            environment.keySet().retainAll(List.of("PATH", "LANG", "LC_ALL", "TZ"));
        }
        environment.putAll(launch.environment());
        Process process = builder.start();
        return ProcessIdentity.of(process.pid());
    }

    static void signal(ProcessIdentity process, String signal) throws IOException {
        if (!process.isAlive()) {
            return;
        }
        try {
            // The shell's own kill is there on every host; the program of that name is not.
            new ProcessBuilder(
                            "sh", "-c", "kill -" + signal + " \"$1\" 2>/dev/null", "sh", Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while sending " + signal + " to " + process.pid(), e);
        }
    }
}
