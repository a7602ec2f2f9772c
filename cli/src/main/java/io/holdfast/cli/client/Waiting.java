package io.holdfast.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.cli.output.Progress;
import io.holdfast.cli.output.ProgressView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Waits for the outcome of a request, showing how far it is. A control plane that is away for a while is waited for. */
public final class Waiting {
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final Duration AWAY = Duration.ofSeconds(60);
    private static final Set<String> ENDED_WELL = Set.of("completed", "verified", "planned", "expired", "deleted");
    private static final Set<String> ENDED_BADLY = Set.of("failed", "cancelled", "missed");

    /** What a backup is waited for. */
    public enum Goal {
        COMPLETED,
        VERIFIED
    }

    private final ControlPlane plane;
    private final ProgressView view;
    private final Clock clock;

    public Waiting(ControlPlane plane, Console console, Clock clock) {
        this.plane = plane;
        this.view = new ProgressView(console, clock);
        this.clock = clock;
    }

    /**
     * Returns the backup as it is when the goal is reached or cannot be reached any more.
     *
     * @param patience how long to wait; empty: as long as it takes
     */
    public JsonNode forBackup(String backupId, Goal goal, Optional<Duration> patience)
            throws CommandFailure, InterruptedException {
        return until(
                "backup",
                backupId,
                () -> plane.backup(backupId),
                backup -> {
                    String status = Json.text(backup, "status");
                    return switch (goal) {
                                case COMPLETED -> ENDED_WELL.contains(status);
                                case VERIFIED ->
                                    status.equals("verified")
                                            || Outcome.of(backup).verificationFailed();
                            }
                            || ENDED_BADLY.contains(status);
                },
                patience);
    }

    /** Returns the restore when it has ended, well or not. */
    public JsonNode forRestore(String restoreId, Optional<Duration> patience)
            throws CommandFailure, InterruptedException {
        return until(
                "restore",
                restoreId,
                () -> plane.restore(restoreId),
                restore -> {
                    String status = Json.text(restore, "status");
                    return ENDED_WELL.contains(status) || ENDED_BADLY.contains(status);
                },
                patience);
    }

    /** Returns the drill when it has ended, well or not. */
    public JsonNode forDrill(String drillId, Optional<Duration> patience) throws CommandFailure, InterruptedException {
        return until(
                "drill",
                drillId,
                () -> plane.drill(drillId),
                drill -> {
                    String status = Json.text(drill, "status");
                    return ENDED_WELL.contains(status) || ENDED_BADLY.contains(status);
                },
                patience);
    }

    /** Returns the run of the retention role when it has ended, well or not. */
    public JsonNode forRetention(String runId, Optional<Duration> patience)
            throws CommandFailure, InterruptedException {
        return until("run", runId, () -> plane.retentionRun(runId), Waiting::isOver, patience);
    }

    /** Returns the hold when what was asked of it is answered. */
    public JsonNode forHold(String backupId, String name, Optional<Duration> patience)
            throws CommandFailure, InterruptedException {
        return until("hold", name, () -> plane.heldBackup(backupId, name), Waiting::isOver, patience);
    }

    private static boolean isOver(JsonNode answer) {
        return !Json.text(answer, "status").equals("requested");
    }

    private interface Question {
        JsonNode ask() throws CommandFailure, InterruptedException;
    }

    private JsonNode until(
            String work, String id, Question question, Predicate<JsonNode> ended, Optional<Duration> patience)
            throws CommandFailure, InterruptedException {
        Instant begin = clock.instant();
        Instant heard = begin;
        try {
            while (true) {
                try {
                    JsonNode now = question.ask();
                    heard = clock.instant();
                    if (ended.test(now)) {
                        return now;
                    }
                    show(now.path("progress"));
                } catch (CommandFailure e) {
                    if (e.exitCode() != ExitCode.UNREACHABLE || clock.instant().isAfter(heard.plus(AWAY))) {
                        throw e;
                    }
                }
                if (patience.isPresent() && clock.instant().isAfter(begin.plus(patience.get()))) {
                    throw new CommandFailure(
                            ExitCode.STILL_RUNNING,
                            work + " " + id + " was not done after "
                                    + patience.get().toSeconds() + " s; it goes on",
                            "look again with holdfast list, or wait longer with --timeout");
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
            }
        } finally {
            view.end();
        }
    }

    private void show(JsonNode progress) {
        if (progress.isObject()) {
            view.show(
                    progress.path("work").asText(),
                    new Progress(
                            progress.path("phase").asText(),
                            progress.path("bytes_done").asLong(),
                            optional(progress.path("bytes_total")),
                            progress.path("bytes_per_second").asLong(),
                            optional(progress.path("seconds_left"))));
        }
    }

    private static OptionalLong optional(JsonNode number) {
        return number.isNumber() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
    }
}
