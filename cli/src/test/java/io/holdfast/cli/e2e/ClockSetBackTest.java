package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The services' clock is set back by hours while they run. libfaketime, loaded into them, takes the difference from a file
 * each second; the broker and the databases keep the right time.
 */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClockSetBackTest {
    private static Orders orders;
    private static RunningHoldfast holdfast;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Path library = library();
        Chain.open(folder);
        clock(Duration.ZERO);
        orders = Orders.start(18, folder, 40);
        holdfast = RunningHoldfast.start(
                folder,
                Orders.configuration(
                        folder,
                        orders.slowTarget("asked", "8MB"),
                        orders.target("scheduled") + "    schedule: { full: \"* * * * *\" }\n"),
                Map.of(
                        "LD_PRELOAD", library.toString(),
                        "FAKETIME_TIMESTAMP_FILE", folder.resolve("clock").toString(),
                        "FAKETIME_CACHE_DURATION", "1",
                        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                        // Else every timed wait of the JVM ends at once.
                        "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                        "HOLDFAST_SCHEDULER_RECONCILE", "1s"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (holdfast != null) {
            holdfast.close();
            orders.close();
        }
    }

    @Test
    @Order(1)
    void a_schedule_does_not_repeat_what_was_due_at_the_same_time_before() throws Exception {
        // Three runs, which the clock then leads over once more.
        for (int run = 1; run <= 3; run++) {
            int count = run;
            clock(Duration.ofMinutes(run - 1));
            holdfast.until("run " + run + " to be due", () -> dueTimes().size() >= count);
        }
        List<Instant> before = dueTimes();
        Instant last = before.getLast();

        clock(Duration.ZERO);

        holdfast.until("the schedule to follow the clock", () -> nextDue().isBefore(last));
        for (int minute = 1; minute <= 2; minute++) {
            clock(Duration.ofMinutes(minute));
            Instant past = last.minusSeconds(60L * (2 - minute));
            holdfast.until(past + " to have passed again", () -> nextDue().isAfter(past));
        }
        assertThat(dueTimes()).isEqualTo(before);
        clock(Duration.ofMinutes(3));
        holdfast.until(
                "it to go on with what was not due before", () -> dueTimes().size() > before.size());
        assertThat(dueTimes()).doesNotHaveDuplicates().startsWith(before.toArray(Instant[]::new));
        assertThat(new Log(holdfast.kafka()).said(BackupMissed.class)).isEmpty();
    }

    @Test
    @Order(2)
    void a_backup_that_is_being_made_completes_and_so_do_those_after_it_and_their_restore() throws Exception {
        String during =
                holdfast.ok("backup", "--target", "asked").path("backup_id").asText();
        holdfast.until(
                "the backup to be in the middle",
                () -> holdfast.backup(during)
                        .path("progress")
                        .path("phase")
                        .asText()
                        .equals("read"));

        clock(Duration.ofHours(-2));

        holdfast.until("it to be verified", () -> isVerified(during));
        JsonNode after = holdfast.ok("backup", "--target", "asked", "--wait-for", "verified");
        assertThat(Instant.parse(after.path("started_at").asText()))
                .isBefore(Instant.now().minusSeconds(3600));
        String id = after.path("backup_id").asText();
        JsonNode restored = holdfast.ok(
                "restore", "--backup", id, "--into", folder.resolve("restored").toString());
        assertThat(restored.path("checks").findValuesAsText("value")).contains("" + Orders.ROWS);
        assertThat(holdfast.ok("list", "--target", "asked").path("backups").findValuesAsText("backup_id"))
                .contains(during, id);
        assertThat(new Log(holdfast.kafka())
                        .said(BackupCompleted.class).stream()
                                .map(event -> event.correlationId().value())
                                .filter(List.of(during, id)::contains))
                .hasSize(2);
    }

    /** When the runs that the schedule asked for were due, in the order in which it asked. */
    private static List<Instant> dueTimes() {
        EventCodec codec = new EventCodec();
        List<Instant> times = new ArrayList<>();
        for (var wire : new Log(holdfast.kafka()).read(Topic.BACKUP_REQUESTS)) {
            if (codec.decode(wire) instanceof Decoded.Known known
                    && known.event().data() instanceof BackupRequested requested
                    && requested.dueAt() != null) {
                times.add(requested.dueAt());
            }
        }
        return times;
    }

    private static Instant nextDue() throws Exception {
        try (Connection connection = holdfast.database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select next_due_at from scheduler.schedule")) {
            assertThat(row.next()).isTrue();
            return row.getTimestamp(1).toInstant();
        }
    }

    private static boolean isVerified(String id) throws InterruptedException {
        return holdfast.backup(id).path("status").asText().equals("verified");
    }

    /** What the services' clock shows, beside the right time, within a second or so from now on. */
    private static void clock(Duration difference) throws IOException {
        Path next = Files.writeString(folder.resolve("clock.next"), "%+d".formatted(difference.toSeconds()));
        Files.move(next, folder.resolve("clock"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path library() throws IOException {
        try (DirectoryStream<Path> platforms = Files.newDirectoryStream(Path.of("/usr/lib"))) {
            for (Path platform : platforms) {
                Path library = platform.resolve("faketime/libfaketimeMT.so.1");
                if (Files.isReadable(library)) {
                    return library;
                }
            }
        }
        assumeTrue(false, "libfaketime is not installed (Debian: libfaketime), so no clock was set back");
        throw new IllegalStateException();
    }
}
