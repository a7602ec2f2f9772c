package io.holdfast.cli.local;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the settings of a start from what is asked, what was so before, and what runs. */
final class SettingsChoice {
    private final InstanceFolder folder;
    private final ProcessBook book;
    private final LoopbackPorts free;

    SettingsChoice(InstanceFolder folder, ProcessBook book, LoopbackPorts free) {
        this.folder = folder;
        this.book = book;
        this.free = free;
    }

    LocalSettings choose(Optional<LocalSettings> before, UpRequest request) throws IOException, CommandFailure {
        return new LocalSettings(
                configuration(before, request),
                roots(before, request),
                installations(before, request),
                ports(before, request));
    }

    private String configuration(Optional<LocalSettings> before, UpRequest request) throws IOException, CommandFailure {
        if (request.configuration().isPresent()) {
            Path file = request.configuration().get().toAbsolutePath().normalize();
            if (!Files.isRegularFile(file)) {
                throw new CommandFailure(
                        ExitCode.USAGE, "no configuration at " + file, "give --config a holdfast.yaml");
            }
            return file.toString();
        }
        if (before.isPresent()) {
            return before.get().configuration();
        }
        Path own = folder.ownConfiguration();
        if (!Files.exists(own)) {
            Files.writeString(
                    own, """
                    # Targets that you name here are backed up; changes take effect while Holdfast runs.
                    repositories:
                      main:
                        url: "%s"
                        # Who may read what is stored: a public OpenPGP key, or a passphrase; docs/configuration.md.
                        # encryption: { openpgp_recipients: "file:/etc/holdfast/backup.asc" }
                    targets: {}
                    #  orders:
                    #    postgres: { host: 127.0.0.1, port: 5432, user: backup, password: "env:ORDERS_PASSWORD" }
                    #    repository: main
                    #    schedule: { full: "0 2 * * *", time_zone: UTC }
                    """.formatted(folder.root().resolve("repository").toUri()));
        }
        return own.toString();
    }

    private static List<String> roots(Optional<LocalSettings> before, UpRequest request) {
        if (!request.restoreRoots().isEmpty()) {
            return request.restoreRoots().stream()
                    .map(root -> root.toAbsolutePath().normalize().toString())
                    .toList();
        }
        return before.map(LocalSettings::restoreRoots).orElse(List.of("/"));
    }

    private static List<String> installations(Optional<LocalSettings> before, UpRequest request) throws CommandFailure {
        for (Path each : request.installations()) {
            if (!Files.isExecutable(each.resolve("bin").resolve("postgres"))) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        each + " is no PostgreSQL installation",
                        "give --postgres a folder with bin/postgres in it");
            }
        }
        if (!request.installations().isEmpty()) {
            return request.installations().stream()
                    .map(each -> each.toAbsolutePath().normalize().toString())
                    .toList();
        }
        return before.map(LocalSettings::installations).orElse(List.of());
    }

    private Map<String, Integer> ports(Optional<LocalSettings> before, UpRequest request)
            throws IOException, CommandFailure {
        Map<String, Integer> ports = new LinkedHashMap<>();
        Set<Integer> taken = new HashSet<>();
        request.port().ifPresent(taken::add);
        for (String name : names()) {
            Optional<Integer> last = before.map(settings -> settings.ports().get(name));
            int port;
            if (name.equals(ServiceProgram.SCHEDULER_SERVICE.module())
                    && request.port().isPresent()) {
                port = request.port().getAsInt();
                if (!last.equals(Optional.of(port)) && !LoopbackPorts.isFree(port)) {
                    throw new CommandFailure(
                            ExitCode.LOCAL_MODE,
                            "port " + port + " of 127.0.0.1 is taken",
                            "choose another one with --port, or stop who has it");
                }
            } else if (last.isPresent() && (runs(name) || LoopbackPorts.isFree(last.get()))) {
                port = last.get();
            } else {
                port = free.free(taken);
            }
            taken.add(port);
            ports.put(name, port);
        }
        return ports;
    }

    private boolean runs(String name) throws IOException {
        return book.running(name.equals(InstanceParts.CONTROLLER_PORT) ? "kafka" : name)
                .isPresent();
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("kafka", InstanceParts.CONTROLLER_PORT, "database"));
        for (ServiceProgram program : ServiceProgram.values()) {
            names.add(program.module());
        }
        return names;
    }
}
