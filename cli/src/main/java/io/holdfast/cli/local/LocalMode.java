package io.holdfast.cli.local;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A whole Holdfast on this host. {@link #up} may be repeated: it starts what does not run and changes nothing else.
 * {@link #down} leaves nothing running. Both hold the instance's lock.
 */
public final class LocalMode {
    private final InstanceFolder folder;
    private final Path distribution;
    private final SecureRandom random;
    private final StartReport report;
    private final ProcessBook book;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /** @param distribution the project's folder, where the build put the services' programs */
    public LocalMode(InstanceFolder folder, Path distribution, SecureRandom random, StartReport report) {
        this.folder = folder;
        this.distribution = distribution;
        this.random = random;
        this.report = report;
        this.book = new ProcessBook(folder.run());
    }

    /**
     * Starts everything that does not run and waits until it can be used. When that fails, or when this process is asked
     * to end meanwhile, what was started is stopped again.
     */
    public ConnectionDetails up(UpRequest request) throws IOException, CommandFailure {
        requireBuilt();
        folder.create();
        requireReachable();
        return InstanceLock.holding(folder, () -> start(request));
    }

    private ConnectionDetails start(UpRequest request) throws IOException, CommandFailure {
        LocalSecrets secrets = LocalSecrets.ensure(folder.secrets(), random);
        Optional<LocalSettings> before = LocalSettings.read(folder.settings());
        LocalSettings settings = new SettingsChoice(folder, book, new LoopbackPorts(random)).choose(before, request);
        if (before.isPresent() && !before.get().equals(settings)) {
            // Services that still run would look for broker, database and each other at the old places.
            new PartStopper(book, report).stop(parts(secrets, before.get()).services());
        }
        settings.write(folder.settings());
        PostgresPrograms.unpacked(folder);
        InstanceParts parts = parts(secrets, settings);
        PartStarter starter = new PartStarter(folder, book, report, request.patience());
        Thread giveUp = new Thread(() -> undo(starter), "undo-the-start");
        Runtime.getRuntime().addShutdownHook(giveUp);
        boolean complete = false;
        try {
            starter.start(parts.infrastructure());
            starter.start(parts.services());
            ConnectionDetails connection =
                    new ConnectionDetails(parts.url(), parts.broker().bootstrap(), secrets.token());
            connection.write(folder.connection());
            complete = true;
            return connection;
        } finally {
            if (removed(giveUp) && !complete) {
                undo(starter);
            }
            book.tidy();
        }
    }

    private static boolean removed(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // This process is ending: the hook runs, and does it.
            return false;
        }
    }

    private void undo(PartStarter starter) {
        try {
            List<Part> started = starter.close();
            PartStopper stopper = new PartStopper(book, report);
            stopper.stop(
                    started.stream().filter(HoldfastService.class::isInstance).toList());
            stopper.stop(started);
        } catch (IOException e) {
            System.err.println("holdfast: cannot undo the start: " + e.getMessage() + ". HINT: holdfast down --data "
                    + folder.root());
        }
    }

    /** Stops services, then broker and database, and whatever they started. Does nothing where nothing runs. */
    public void down() throws IOException, CommandFailure {
        if (!Files.isDirectory(folder.root())) {
            return;
        }
        InstanceLock.holding(folder, this::stop);
    }

    private Optional<LocalSettings> stop() throws IOException, CommandFailure {
        Optional<LocalSettings> settings = LocalSettings.read(folder.settings());
        if (settings.isPresent()) {
            Files.deleteIfExists(folder.connection());
            InstanceParts parts = parts(LocalSecrets.ensure(folder.secrets(), random), settings.get());
            PartStopper stopper = new PartStopper(book, report);
            List<ProcessIdentity> left = new ArrayList<>(stopper.stop(parts.services()));
            left.addAll(stopper.stopRestored(new RestoredServers(folder.restoredServers())));
            left.addAll(stopper.stop(parts.infrastructure()));
            left.addAll(stopper.stopProgramsOf(folder.installations()));
            if (!left.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.LOCAL_MODE,
                        "still running: "
                                + left.stream().map(ProcessIdentity::pid).toList(),
                        "they ignore even SIGKILL; look at what they wait for (a dead disk?)");
            }
        }
        return settings;
    }

    /** How each part is; empty where there is no instance in the folder. */
    public List<PartStatus> status() throws IOException {
        Optional<LocalSettings> settings = LocalSettings.read(folder.settings());
        if (settings.isEmpty()) {
            return List.of();
        }
        InstanceParts parts = parts(LocalSecrets.ensure(folder.secrets(), random), settings.get());
        List<Part> all = new ArrayList<>(parts.infrastructure());
        all.addAll(parts.services());
        List<PartStatus> statuses = new ArrayList<>();
        for (Part part : all) {
            Optional<ProcessIdentity> process = book.running(part.name());
            statuses.add(new PartStatus(
                    part.name(),
                    process.map(running -> OptionalLong.of(running.pid())).orElse(OptionalLong.empty()),
                    process.isPresent() && part.isReady(),
                    process.map(ResidentMemory::of).orElse(0L)));
        }
        return statuses;
    }

    private InstanceParts parts(LocalSecrets secrets, LocalSettings settings) throws IOException {
        return InstanceParts.of(folder, secrets, settings, distribution, http);
    }

    private void requireBuilt() throws CommandFailure {
        for (ServiceProgram program : ServiceProgram.values()) {
            if (!Files.isRegularFile(program.jar(distribution))) {
                throw new CommandFailure(
                        ExitCode.LOCAL_MODE,
                        program.jar(distribution) + " is not there",
                        "build it with ./mvnw package -DskipTests");
            }
        }
    }

    /** Says early and plainly what PostgreSQL would say late and darkly. */
    private void requireReachable() throws IOException, CommandFailure {
        UnprivilegedUser user = UnprivilegedUser.find(folder.root());
        for (Path parent = folder.root(); parent != null; parent = parent.getParent()) {
            if (!user.mayEnter(parent)) {
                throw new CommandFailure(
                        ExitCode.LOCAL_MODE,
                        "PostgreSQL runs as the user " + user.name() + ", who may not enter " + parent,
                        "choose another place with --data, or allow it with chmod o+x " + parent);
            }
        }
    }
}
