package io.holdfast.cli.command;

import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.local.ConnectionDetails;
import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.local.LocalMode;
import io.holdfast.cli.local.UpRequest;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast up}. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts broker, database and all services on this host, and returns when they are ready."
                + " Started before, it starts what does not run.")
final class UpCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "the API's port on 127.0.0.1; 0: as without it (default: as last time, or a free one)")
    @Nullable
    Integer port;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "holdfast.yaml (default: as last time, or DIR/holdfast.yaml, which is made)")
    @Nullable
    Path config;

    @Option(
            names = "--restore-root",
            paramLabel = "DIR",
            description = "a folder below which restores may write; may be repeated (default: as last time, or /)")
    List<Path> restoreRoots = List.of();

    @Option(
            names = "--postgres",
            paramLabel = "DIR",
            description = "a PostgreSQL installation (with bin) that dumps and restores may use; may be repeated"
                    + " (default: as last time; 18 comes with Holdfast, /usr/lib/postgresql is looked through)")
    List<Path> installations = List.of();

    @Option(names = "--foreground", description = "stay until Ctrl-C, then stop everything")
    boolean foreground;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            description = "how long each part may take to become ready, such as 90s or 3m (default: ${DEFAULT-VALUE})",
            defaultValue = "3m",
            converter = DurationArgument.class)
    Duration patience;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        InstanceFolder folder = LocalInstance.folder(global);
        LocalMode local = LocalInstance.at(folder, console);
        ConnectionDetails connection = local.up(
                new UpRequest(chosenPort(), Optional.ofNullable(config), restoreRoots, installations, patience));
        console.result(connection, """
                Holdfast runs.
                  API      %s
                  Kafka    %s
                  token    in %s
                  logs     %s
                The other commands find it by --data %s; holdfast down --data %s stops it.""".formatted(
                        connection.url(),
                        connection.kafka(),
                        folder.connection(),
                        folder.logs(),
                        folder.root(),
                        folder.root()));
        warn(console, connection);
        if (foreground) {
            stayUntilInterrupted(local, console);
        }
        return ExitCode.OK;
    }

    /** What is no mistake in the configuration, but should not be overlooked. */
    private static void warn(Console console, ConnectionDetails connection)
            throws CommandFailure, InterruptedException {
        new ControlPlane(URI.create(connection.url()), connection.token())
                .health()
                .path("configuration")
                .path("warnings")
                .forEach(warning -> console.note("WARNING: " + warning.asText()));
    }

    private OptionalInt chosenPort() throws CommandFailure {
        if (port == null || port == 0) {
            return OptionalInt.empty();
        }
        if (port < 0 || port > 65535) {
            throw new CommandFailure(
                    ExitCode.USAGE, port + " is not a port", "give --port a number from 1 to 65535, or 0 for any");
        }
        return OptionalInt.of(port);
    }

    private static void stayUntilInterrupted(LocalMode local, Console console) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                local.down();
            } catch (IOException | CommandFailure e) {
                console.note("holdfast: " + e.getMessage());
            }
        }));
        console.note("Ctrl-C stops it.");
        never.await();
    }
}
