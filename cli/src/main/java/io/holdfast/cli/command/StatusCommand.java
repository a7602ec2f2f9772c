package io.holdfast.cli.command;

import io.holdfast.cli.local.ConnectionDetails;
import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.local.PartStatus;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Table;
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
        console.result(json(folder, parts, connection, ok), text(folder, parts, connection));
        return ok ? ExitCode.OK : ExitCode.NOT_RUNNING;
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
