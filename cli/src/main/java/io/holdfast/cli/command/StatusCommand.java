package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.local.ConnectionDetails;
import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.local.PartStatus;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Table;
import java.net.URI;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description =
                "Says how the parts of the local instance are, or, with --url, whether that control plane is healthy.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        if (server.url != null) {
            var health = server.connect(global).health();
            console.result(health, health.toPrettyString());
            return ExitCode.OK;
        }
        InstanceFolder folder = LocalInstance.folder(global);
        List<PartStatus> parts = LocalInstance.at(folder, console).status();
        Optional<ConnectionDetails> connection = ConnectionDetails.read(folder);
        boolean ok = !parts.isEmpty() && parts.stream().allMatch(PartStatus::ready);
        Optional<JsonNode> windows =
                ok && connection.isPresent() ? windows(connection.get(), console) : Optional.empty();
        Map<String, Object> result = json(folder, parts, connection, ok);
        windows.ifPresent(each -> result.put("windows", each));
        Optional<JsonNode> standbys =
                ok && connection.isPresent() ? standbys(connection.get(), console) : Optional.empty();
        standbys.ifPresent(each -> result.put("standbys", each));
        console.result(
                result,
                text(folder, parts, connection)
                        + windows.map(each -> "\n\n" + new WindowText(Clock.systemUTC()).lines(each))
                                .orElse("")
                        + standbys.filter(each -> !each.isEmpty())
                                .map(each -> "\n\n" + StandbyText.lines(each))
                                .orElse(""));
        return ok ? ExitCode.OK : ExitCode.NOT_RUNNING;
    }

    /** That they cannot be told just now does not make an instance that runs one that does not. */
    private static Optional<JsonNode> windows(ConnectionDetails connection, Console console)
            throws InterruptedException {
        try {
            ControlPlane plane = new ControlPlane(URI.create(connection.url()), connection.token());
            return Optional.of(plane.windows(Map.of()).path("windows"));
        } catch (CommandFailure e) {
            console.note("the windows cannot be told: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<JsonNode> standbys(ConnectionDetails connection, Console console)
            throws InterruptedException {
        try {
            ControlPlane plane = new ControlPlane(URI.create(connection.url()), connection.token());
            return Optional.of(plane.standbys(Map.of()).path("standbys"));
        } catch (CommandFailure e) {
            console.note("the standbys cannot be told: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Map<String, Object> json(
            InstanceFolder folder, List<PartStatus> parts, Optional<ConnectionDetails> connection, boolean ok) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ok", ok);
        json.put("data", folder.root().toString());
        connection.ifPresent(details -> {
            json.put("url", details.url());
            json.put("kafka", details.kafka());
        });
        json.put("resident_bytes", total(parts));
        json.put("parts", parts.stream().map(StatusCommand::json).toList());
        return json;
    }

    private static Map<String, Object> json(PartStatus part) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", part.name());
        part.pid().ifPresent(pid -> json.put("pid", pid));
        json.put("ready", part.ready());
        json.put("resident_bytes", part.residentBytes());
        return json;
    }

    private static String text(InstanceFolder folder, List<PartStatus> parts, Optional<ConnectionDetails> connection) {
        if (parts.isEmpty()) {
            return "no local instance in " + folder.root();
        }
        Table table = new Table("PART", "PID", "STATE", "MEMORY");
        for (PartStatus part : parts) {
            boolean runs = part.pid().isPresent();
            table.row(
                    part.name(),
                    runs ? Long.toString(part.pid().getAsLong()) : "",
                    part.ready() ? "ready" : runs ? "not ready" : "down",
                    runs ? Amounts.bytes(part.residentBytes()) : "");
        }
        table.row("", "", "in all", Amounts.bytes(total(parts)));
        return table + connection.map(details -> "\nAPI " + details.url()).orElse("");
    }

    private static long total(List<PartStatus> parts) {
        return parts.stream().mapToLong(PartStatus::residentBytes).sum();
    }
}
