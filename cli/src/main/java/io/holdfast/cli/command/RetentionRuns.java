package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.client.Waiting;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks for runs of the retention role, one for each repository of a target, and waits until they have ended. */
final class RetentionRuns {
    private final ControlPlane plane;
    private final Console console;
    private final @Nullable Duration timeout;
    private final List<String> asked = new ArrayList<>();

    RetentionRuns(ControlPlane plane, Console console, @Nullable Duration timeout) {
        this.plane = plane;
        this.console = console;
        this.timeout = timeout;
    }

    void ask(Map<String, ?> request) throws CommandFailure, InterruptedException {
        plane.runRetention(request).path("runs").forEach(run -> asked.add(Json.text(run, "run_id")));
    }

    /** The runs as they ended. */
    List<JsonNode> await() throws CommandFailure, InterruptedException {
        List<JsonNode> ended = new ArrayList<>();
        for (String run : asked) {
            ended.add(new Waiting(plane, console, Clock.systemUTC()).forRetention(run, Optional.ofNullable(timeout)));
        }
        return ended;
    }

    /** That of the first that did not end well. */
    static int exitCode(List<JsonNode> ended) {
        return ended.stream()
                .mapToInt(run -> Outcome.of(run).exitCode())
                .filter(code -> code != ExitCode.OK)
                .findFirst()
                .orElse(ExitCode.OK);
    }
}
