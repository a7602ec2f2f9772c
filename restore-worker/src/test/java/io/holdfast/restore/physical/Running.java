package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A restored server that was left running. */
final class Running {
    private Running() {}

    static long pid(Path dataDirectory) throws IOException {
        return Long.parseLong(
                Files.readAllLines(dataDirectory.resolve("postmaster.pid")).getFirst());
    }

    /** Stops it as an operator would who does not need its data any more. */
    static void stop(Path dataDirectory) throws Exception {
        if (!Files.exists(dataDirectory.resolve("postmaster.pid"))) {
            return;
        }
        ProcessHandle server = ProcessHandle.of(pid(dataDirectory)).orElseThrow();
        int exit = new ProcessBuilder("kill", "-QUIT", Long.toString(server.pid()))
                .start()
                .waitFor();
        assertThat(exit).isZero();
        // A child that ended counts as alive until its parent has noticed.
        server.onExit().get(30, TimeUnit.SECONDS);
    }
}
