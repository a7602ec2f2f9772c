package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.events.Event;
import io.holdfast.events.backup.BackupCompleted;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes die or sleep in the middle of their work, and somebody else finishes it, once. */
@Tag("long")
class TakeoverTest {
    private static final Duration TAKEOVER = Duration.ofSeconds(30);
    private static Orders orders;
    private static RunningHoldfast holdfast;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Chain.open(folder);
        orders = Orders.start(18, folder, 300);
        holdfast = RunningHoldfast.start(folder, Orders.configuration(folder, orders.target("orders")));
    }

    @AfterAll
    static void stop() throws Exception {
        holdfast.close();
        orders.close();
    }

    @Test
    void a_killed_backup_worker_is_taken_over_within_30_seconds_and_one_backup_completes() throws Exception {
        Process second = holdfast.second("backup-worker");
        String id =
                holdfast.ok("backup", "--target", "orders").path("backup_id").asText();
        ProcessHandle first = workerInTheMiddle(id);

        first.destroyForcibly();
        assertThat(holdfast.backup(id).path("status").asText()).isEqualTo("running");

        holdfast.within(TAKEOVER, "the other worker to take over", () -> {
            JsonNode backup = holdfast.backup(id);
            return backup.path("attempts").asInt() >= 2
                    && !backup.path("worker").asText().endsWith("-" + first.pid());
        });
        finishedOnce(id);
        holdfast.up();
        second.destroy();
    }

    @Test
    void a_worker_that_slept_past_its_lease_does_not_complete_the_backup_a_second_time() throws Exception {
        Process second = holdfast.second("backup-worker");
        String id =
                holdfast.ok("backup", "--target", "orders").path("backup_id").asText();
        ProcessHandle first = workerInTheMiddle(id);

        Chain.signal(first, "STOP");
        try {
            assertThat(holdfast.backup(id).path("status").asText()).isEqualTo("running");
            holdfast.until("the other worker to complete it", () -> {
                String status = holdfast.backup(id).path("status").asText();
                return status.equals("completed") || status.equals("verified");
            });
        } finally {
            Chain.signal(first, "CONT");
        }
        // Long enough for whoever woke up to do what he was about to do.
        TimeUnit.SECONDS.sleep(15);

        finishedOnce(id);
        holdfast.up();
        second.destroy();
    }

    @Test
    void with_the_broker_away_for_30_seconds_requests_wait_and_are_carried_out() throws Exception {
        ProcessHandle broker = holdfast.process("kafka");
        broker.destroy();
        broker.onExit().get(30, TimeUnit.SECONDS);

        String id =
                holdfast.ok("backup", "--target", "orders").path("backup_id").asText();
        TimeUnit.SECONDS.sleep(30);
        assertThat(holdfast.backup(id).path("status").asText()).isEqualTo("requested");
        holdfast.up();

        finishedOnce(id);
    }

    @Test
    void killed_verifier_scheduler_and_notifier_go_on_where_they_were() throws Exception {
        String id =
                holdfast.ok("backup", "--target", "orders").path("backup_id").asText();
        for (String service : List.of("verifier-service", "scheduler-service", "notifier-service")) {
            holdfast.process(service).destroyForcibly();
        }
        holdfast.up();

        finishedOnce(id);
    }

    @Test
    void a_restore_whose_worker_was_killed_is_finished_by_the_next_one() throws Exception {
        String id = holdfast.ok("backup", "--target", "orders", "--wait-for", "verified")
                .path("backup_id")
                .asText();
        Path into = folder.resolve("taken-over");
        holdfast.second("restore-worker");
        String restore = holdfast.ok("restore", "--backup", id, "--into", into.toString(), "--no-wait")
                .path("restore_id")
                .asText();
        holdfast.until("the restore to begin", () -> holdfast.restore(restore).has("worker"));
        holdfast.until("files to be written", () -> writtenBelow(into.resolve("base")) > 50_000_000);
        worker(holdfast.restore(restore)).destroyForcibly();
        assertThat(holdfast.restore(restore).path("status").asText()).isEqualTo("running");

        holdfast.until(
                "the restore to end",
                () -> !List.of("requested", "running")
                        .contains(holdfast.restore(restore).path("status").asText()));

        JsonNode ended = holdfast.restore(restore);
        assertThat(ended.path("comparison").path("bytes_kept").asLong())
                .as("what the killed worker had fetched")
                .isGreaterThan(10_000_000);
        assertThat(ended.path("status").asText()).as(ended.toString()).isEqualTo("completed");
        assertThat(ended.path("attempts").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(ended.path("checks").findValuesAsText("value")).contains("" + Orders.ROWS);
        holdfast.up();
    }

    /** The process that works on a backup, once it has read some of it. */
    private static ProcessHandle workerInTheMiddle(String id) throws Exception {
        holdfast.until(
                "the backup to be in the middle",
                () -> holdfast.backup(id)
                        .path("progress")
                        .path("phase")
                        .asText()
                        .equals("read"));
        return worker(holdfast.backup(id));
    }

    /** Workers are named by host and process. */
    private static ProcessHandle worker(JsonNode work) {
        String worker = work.path("worker").asText();
        return ProcessHandle.of(Long.parseLong(worker.substring(worker.lastIndexOf('-') + 1)))
                .orElseThrow();
    }

    private static void finishedOnce(String id) throws Exception {
        holdfast.until(
                "the backup to be verified",
                () -> holdfast.backup(id).path("status").asText().equals("verified"));
        List<Event<?>> completed = new Log(holdfast.kafka())
                .said(BackupCompleted.class).stream()
                        .filter(event -> event.correlationId().value().equals(id))
                        .toList();
        assertThat(completed.stream().map(Event::id).distinct()).hasSize(1);
        // Not what begins with a dot: uploads vanish while they are looked at.
        try (DirectoryStream<Path> targets = Files.newDirectoryStream(holdfast.repository(), "[!.]*")) {
            List<Path> manifests = new ArrayList<>();
            for (Path target : targets) {
                try (Stream<Path> objects = Files.walk(target)) {
                    objects.filter(path -> path.endsWith(Path.of("manifests", id)))
                            .forEach(manifests::add);
                }
            }
            assertThat(manifests).hasSize(1);
        }
    }

    private static long writtenBelow(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
