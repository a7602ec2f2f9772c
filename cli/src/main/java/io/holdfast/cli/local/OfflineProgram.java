package io.holdfast.cli.local;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A program among a service's own that needs no broker, no database and no other service, run to its end. It sees the
 * environment of this command; what it has to say beside its answer goes to standard error.
 */
public enum OfflineProgram {
    /** Reads {@code holdfast.yaml}; answers with each repository's definition. */
    REPOSITORIES(ServiceProgram.SCHEDULER_SERVICE, "io.holdfast.scheduler.configuration.RepositoriesProgram"),
    /** Checks and wraps keys of a repository, whose definition is its input. */
    KEYS(ServiceProgram.RESTORE_WORKER, "io.holdfast.restore.keys.KeysProgram"),
    /** Lists and restores what lies in a repository; the order is its input. */
    RESTORE(ServiceProgram.RESTORE_WORKER, "io.holdfast.restore.breakglass.BreakGlassProgram"),
    /** Promotes a standby of this host; the order is its input. */
    PROMOTE(ServiceProgram.RESTORE_WORKER, "io.holdfast.restore.standby.PromoteProgram"),
    /** Says of each backup in a repository, whose definition is its input, what its maker once said. */
    CATALOG(ServiceProgram.RESTORE_WORKER, "io.holdfast.restore.breakglass.CatalogProgram");

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
        List<String> answer = new ArrayList<>();
        run(distribution, input, answer::add, arguments);
        return answer;
    }

    /**
     * Runs it.
     *
     * @param answer takes the lines of its answer, as they come
     */
    public void run(Path distribution, String input, Consumer<String> answer, String... arguments)
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
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(answer);
            }
            int ended = process.waitFor();
            if (ended != 0) {
                throw new CommandFailure(
                        ended, service.module() + " could not answer", "what it said stands above this.");
            }
        } finally {
            process.destroy();
        }
    }
}
