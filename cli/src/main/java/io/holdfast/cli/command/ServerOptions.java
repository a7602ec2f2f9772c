package io.holdfast.cli.command;

import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.local.ConnectionDetails;
import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which control plane a command talks to. */
final class ServerOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "the control plane (default: HOLDFAST_URL, else the local instance's)")
    @Nullable
    String url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "the API's token (default: HOLDFAST_TOKEN, else the local instance's);"
                    + " the environment keeps it out of the list of processes")
    @Nullable
    String token;

    ControlPlane connect(GlobalOptions global) throws CommandFailure, IOException {
        InstanceFolder folder = LocalInstance.folder(global);
        // Whoever names a folder means that instance, whatever the environment says.
        boolean named = global.chosenData().isPresent();
        Optional<ConnectionDetails> local = ConnectionDetails.read(folder);
        String chosenUrl = chosen(url, named ? null : System.getenv("HOLDFAST_URL"))
                .or(() -> local.map(ConnectionDetails::url))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.UNREACHABLE,
                        "no local instance runs in " + folder.root() + ", and no other control plane is named",
                        "start one with holdfast up, or give --url and --token, or HOLDFAST_URL and HOLDFAST_TOKEN"));
        String chosenToken = chosen(token, named ? null : System.getenv("HOLDFAST_TOKEN"))
                .or(() ->
                        local.filter(details -> details.url().equals(chosenUrl)).map(ConnectionDetails::token))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "no token for " + chosenUrl, "give --token or HOLDFAST_TOKEN"));
        return new ControlPlane(address(chosenUrl), chosenToken);
    }

    private static Optional<String> chosen(@Nullable String argument, @Nullable String environment) {
        return Optional.ofNullable(argument)
                .or(() -> Optional.ofNullable(environment))
                .filter(value -> !value.isBlank());
    }

    private static URI address(String url) throws CommandFailure {
        try {
            URI uri = URI.create(url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Said below, like every other form of address that is of no use.
        }
        throw new CommandFailure(ExitCode.USAGE, "'" + url + "' is no address", "write http://127.0.0.1:8080");
    }
}
