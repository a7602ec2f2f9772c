package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.local.OfflineProgram;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.FailureCategory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which repositories a command works on by itself, without a control plane. */
final class RepositoryOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "holdfast.yaml, where the repositories are defined (default: the local instance's)")
    @Nullable
    Path config;

    @Option(names = "--repository", paramLabel = "NAME", description = "only this one of them (default: all)")
    @Nullable
    String repository;

    /** Has {@link OfflineProgram#KEYS} do something with each repository, and gives its answers. */
    List<JsonNode> ask(GlobalOptions global, String... arguments)
            throws IOException, InterruptedException, CommandFailure {
        List<JsonNode> answers = new ArrayList<>();
        for (String definition : definitions(global)) {
            JsonNode answer = Json.MAPPER.readTree(
                    OfflineProgram.KEYS.run(LocalInstance.distribution(), definition, arguments).stream()
                            .reduce("", (before, line) -> line));
            if (answer.has("category")) {
                FailureCategory category = FailureCategory.of(Json.text(answer, "category"));
                throw new CommandFailure(
                        category.exitCode(),
                        "repository " + name(definition) + ": " + Json.text(answer, "message"),
                        Json.text(answer, "hint"));
            }
            answers.add(answer);
        }
        return answers;
    }

    /** The definitions of those that are meant, each as JSON. */
    List<String> definitions(GlobalOptions global) throws IOException, InterruptedException, CommandFailure {
        Path file = config == null ? LocalInstance.folder(global).configuration() : config.toAbsolutePath();
        if (!Files.isReadable(file)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    file + " cannot be read",
                    "name holdfast.yaml with --config; where it is lost, one with `repositories` and `targets: {}` will do.");
        }
        List<String> all = OfflineProgram.REPOSITORIES.run(LocalInstance.distribution(), "", file.toString());
        List<String> chosen = new ArrayList<>();
        for (String definition : all) {
            if (repository == null || repository.equals(name(definition))) {
                chosen.add(definition);
            }
        }
        if (chosen.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    file + " defines no repository" + (repository == null ? "" : " " + repository),
                    "look under `repositories`.");
        }
        return chosen;
    }

    private static String name(String definition) throws IOException {
        return Json.text(Json.MAPPER.readTree(definition), "repository");
    }
}
