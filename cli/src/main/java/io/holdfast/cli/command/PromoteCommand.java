package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.local.OfflineProgram;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.FailureCategory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast promote}. */
@Command(
        name = "promote",
        mixinStandardHelpOptions = true,
        description =
                "Makes a primary of a standby on this host that follows a repository, and waits until it accepts writes."
                        + " Run it as root or as the server's user. Refuses while the original may still write.")
final class PromoteCommand implements Callable<Integer> {
    private static final Set<String> SERVER_GONE =
            Set.of(FailureCategory.CONNECTION.wireName(), FailureCategory.SERVER_INTERRUPTED.wireName());

    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--target", required = true, paramLabel = "NAME", description = "whose standby it is")
    String target;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "its data directory (default: that of the only standby of the target)")
    @Nullable
    Path directory;

    @Option(names = "--user", paramLabel = "ROLE", description = "a superuser of it (default: postgres)")
    @Nullable
    String role;

    @Option(
            names = "--force",
            description = "do not ask for the target's name, and promote although the original may still write")
    boolean force;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "how long it may take until it accepts writes (default: 5m)",
            converter = DurationArgument.class)
    Duration timeout = Duration.ofMinutes(5);

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        Optional<ControlPlane> plane = plane(console);
        if (!force) {
            requireOriginalStopped(plane);
        }
        Path chosen = chosen(plane);
        confirm(console, chosen);
        JsonNode answer = promote(chosen);
        if (answer.has("category")) {
            throw new CommandFailure(
                    FailureCategory.of(Json.text(answer, "category")).exitCode(),
                    Json.text(answer, "category") + ": " + Json.text(answer, "message"),
                    Json.text(answer, "hint"));
        }
        ObjectNode result = Json.MAPPER.createObjectNode();
        result.put("ok", true);
        result.put("target", target);
        result.setAll((ObjectNode) answer);
        console.result(result, text(answer));
        return ExitCode.OK;
    }

    /** Promoting has to work when all of Holdfast is gone. */
    private Optional<ControlPlane> plane(Console console) throws IOException {
        try {
            return Optional.of(server.connect(global));
        } catch (CommandFailure none) {
            console.note("no control plane: " + none.getMessage());
            return Optional.empty();
        }
    }

    /** Two servers that both take writes are two databases. Who follows the original's log says whether it can be reached. */
    private void requireOriginalStopped(Optional<ControlPlane> plane) throws InterruptedException, CommandFailure {
        String stop = "stop it for good first (its host too, if you can), then promote with --force";
        if (plane.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "without a control plane nobody can say whether the original of " + target + " runs",
                    stop);
        }
        JsonNode windows;
        try {
            windows = plane.get().windows(Map.of("target", target)).path("windows");
        } catch (CommandFailure e) {
            throw new CommandFailure(
                    e.exitCode(),
                    "whether the original of " + target + " runs cannot be told: " + e.getMessage(),
                    stop,
                    e);
        }
        boolean gone = false;
        for (JsonNode window : windows) {
            // A log that stands still for want of a repository says nothing about its server.
            gone |= window.has("interrupted_since")
                    && SERVER_GONE.contains(Json.text(window.path("interruption"), "category"));
        }
        if (!gone) {
            throw new CommandFailure(
                    FailureCategory.REFUSED.exitCode(),
                    "the original of " + target + " may still run: nobody has said that it cannot be reached any more",
                    "a server that is gone is noticed after about a minute; " + stop);
        }
    }

    private Path chosen(Optional<ControlPlane> plane) throws InterruptedException, CommandFailure {
        if (directory != null) {
            return directory.toAbsolutePath().normalize();
        }
        List<String> found = new ArrayList<>();
        if (plane.isPresent()) {
            plane.get()
                    .standbys(Map.of("target", target))
                    .path("standbys")
                    .forEach(each -> found.add(Json.text(each, "directory")));
        }
        if (found.size() != 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    found.isEmpty()
                            ? "no restore-worker tells of a standby of " + target
                            : target + " has several standbys: " + String.join(", ", found),
                    "name its data directory with --directory, on its host");
        }
        return Path.of(found.getFirst());
    }

    private void confirm(Console console, Path chosen) throws CommandFailure {
        if (force) {
            return;
        }
        Optional<String> typed = console.ask("This makes a primary of its own of the standby in " + chosen
                + ", which cannot be undone.\nType the name of the target to go on: ");
        if (typed.isEmpty() || !typed.get().equals(target)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    typed.isEmpty()
                            ? "a promotion has to be confirmed, and nobody is here to type the target's name"
                            : "that is not the name of the target; nothing was done",
                    "use --force once you are sure");
        }
    }

    private JsonNode promote(Path chosen) throws IOException, InterruptedException, CommandFailure {
        Map<String, Object> order = new LinkedHashMap<>();
        order.put("directory", chosen.toString());
        Fields.put(order, "role", role);
        order.put("limit_seconds", timeout.toSeconds());
        List<String> answer = OfflineProgram.PROMOTE.run(LocalInstance.distribution(), Json.line(order));
        if (answer.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.UNEXPECTED,
                    "the promotion did not say what came of it",
                    "see whether " + chosen + "/standby.signal is still there, and the server's log");
        }
        return Json.MAPPER.readTree(answer.getLast());
    }

    private String text(JsonNode promoted) {
        String last = Json.text(promoted, "last_transaction");
        return "promoted the standby of " + target + " in " + Json.text(promoted, "directory")
                + "\n  accepts writes  after "
                + Amounts.duration(promoted.path("seconds").asDouble())
                + "\n  timeline        " + promoted.path("timeline").asInt() + ", from " + Json.text(promoted, "lsn")
                + (last.isEmpty() ? "" : "\n  has all until   " + last)
                + (promoted.path("following_ended").asBoolean()
                        ? ""
                        : "\n  WARNING  no restore-worker has noticed it yet; the folder for its log stays beside it until one does")
                + "\nname the new server in the target's hosts, and put your own settings into its postgresql.conf";
    }
}
