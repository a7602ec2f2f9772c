package io.holdfast.cli.local;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program among a service's own that needs no broker, no database and no other service, run to its end. It sees the
 * environment of this command; what it has to say beside its answer goes to standard error.
 */
public enum OfflineProgram {
    /** Reads {@code holdfast.yaml}; answers with each repository's definition. */
    REPOSITORIES(ServiceProgram.SCHEDULER_SERVICE, "io.holdfast.scheduler.configuration.RepositoriesProgram"),
    /** Checks and wraps keys of a repository, whose definition is its input. */
    KEYS(ServiceProgram.RESTORE_WORKER, "io.holdfast.restore.keys.KeysProgram");

    private final ServiceProgram service;
    private final String mainClass;

    OfflineProgram(ServiceProgram service, String mainClass) {
        this.service = service;
        this.mainClass = mainClass;
    }

    /**
     * Runs it.
     *
     * @param distribution the project's folder
     * @return the lines of its answer
     * @throws CommandFailure if it does not end well; what it said was shown
     */
    public List<String> run(Path distribution, String input, String... arguments)
            throws IOException, InterruptedException, CommandFailure {
        Path built = service.folder(distribution);
        if (!Files.isDirectory(built)) {
            throw new CommandFailure(
                    ExitCode.UNEXPECTED, built + " is missing", "build it: HOLDFAST_BUILD=always ./holdfast …");
        }
        String classPath = String.join(":", built + "/app/*", built + "/lib/main/*", built + "/lib/boot/*");
        List<String> command = Stream.concat(
                        Stream.of(
                                Jvm.java(),
                                "-Xmx256m",
                                Jvm.optionsOfMovers(distribution),
                                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                                "-cp",
                                classPath,
                                mainClass),
                        Stream.of(arguments))
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            List<String> answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            int ended = process.waitFor();
            if (ended != 0) {
                throw new CommandFailure(
                        ended, service.module() + " could not answer", "what it said stands above this.");
            }
            return answer;
        } finally {
            process.destroy();
        }
    }
}
