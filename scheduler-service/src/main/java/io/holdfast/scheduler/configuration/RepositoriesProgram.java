package io.holdfast.scheduler.configuration;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.wire.EventCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Says which repositories a {@code holdfast.yaml} defines, as JSON, one a line. A process of its own that starts no service,
 * for commands that have to work when none runs.
 */
public final class RepositoriesProgram {
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final int REFUSED = 10;

    private RepositoriesProgram() {}

    /** The file; what is wrong with it goes to standard error, a line each. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        switch (Configuration.parse(Files.readString(file, StandardCharsets.UTF_8))) {
            case ParsedConfiguration.Accepted(Configuration configuration, List<ConfigurationProblem> warnings) -> {
                PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
                for (RepositoryDefined defined : inOrder(configuration)) {
                    out.println(JSON.writeValueAsString(defined));
                }
            }
            case ParsedConfiguration.Refused(List<ConfigurationProblem> problems) -> {
                PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
                problems.forEach(problem -> err.println(problem.describe(file.toString())));
                System.exit(REFUSED);
            }
        }
    }

    private static List<RepositoryDefined> inOrder(Configuration configuration) {
        return configuration.repositories().values().stream()
                .sorted(Comparator.comparing(defined -> defined.repository().value()))
                .toList();
    }
}
