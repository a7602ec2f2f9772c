package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.events.FailureCategory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees before a restore, with everything running: the window, the dry run, what asks and what refuses. */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WindowTest {
    private static final Map<String, String> OFTEN = Map.of("HOLDFAST_STREAM_TELL_EVERY", "2s");

    private static Orders orders;
    private static RunningHoldfast holdfast;
    private static String backup;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Chain.open(folder);
        orders = Orders.start(18, folder, 5);
        holdfast = RunningHoldfast.start(folder, configuration(), OFTEN);
        backup = holdfast.ok("backup", "--target", "orders", "--wait-for", "verified")
                .path("backup_id")
                .asText();
    }

    private static String configuration() {
        return Orders.configuration(folder, orders.target("orders") + "    wal: { stream: true }\n");
    }

    @AfterAll
    static void stop() throws Exception {
        holdfast.close();
        orders.close();
    }

    @Test
    @Order(1)
    void the_window_moves_on_with_what_is_written() throws Exception {
        orders.server().execute("orders", "create table later as select generate_series(1, 1000) as id");
        String written = orders.server().query("orders", "select pg_current_wal_flush_lsn()");

        holdfast.until(
                "what was written to be in the window",
                () -> holds(window().path("to").path("lsn").asText(), written));

        JsonNode window = window();
        assertThat(window.path("archived_by").path(0).asText()).isEqualTo("stream");
        assertThat(window.path("from").path("lsn").asText())
                .isEqualTo(holdfast.backup(backup).path("stop_lsn").asText());
        assertThat(window.path("holes")).isEmpty();
        assertThat(window.path("rpo_seconds").isNumber()).isTrue();
        assertThat(holdfast.ok("status").path("windows").path(0).path("target").asText())
                .isEqualTo("orders");
    }

    /** The server compares positions better than we do. */
    private static boolean holds(String end, String written) {
        return !end.isEmpty()
                && orders.server()
                        .query("orders", "select '" + end + "'::pg_lsn >= '" + written + "'::pg_lsn")
                        .equals("t");
    }

    @Test
    @Order(2)
    void a_dry_run_says_what_would_be_done_and_makes_nothing() throws Exception {
        Path into = folder.resolve("dry");

        JsonNode planned =
                holdfast.ok("restore", "--target", "orders", "--latest", "--into", into.toString(), "--dry-run");

        assertThat(planned.path("ok").asBoolean()).isTrue();
        assertThat(planned.path("status").asText()).isEqualTo("planned");
        assertThat(planned.path("backup_id").asText()).isEqualTo(backup);
        assertThat(planned.at("/plan/found/what").asText()).isEqualTo("nothing");
        assertThat(planned.at("/plan/bytes").asLong()).isGreaterThan(5_000_000);
        assertThat(planned.at("/plan/wal_bytes").asLong()).isPositive();
        assertThat(planned.at("/estimate/seconds").asDouble()).isPositive();
        assertThat(into).doesNotExist();
    }

    @Test
    @Order(3)
    void over_a_running_cluster_it_says_which_and_over_a_stopped_one_the_name_is_wanted() throws Exception {
        // given a restored server that runs, for which everything was read before
        Path into = folder.resolve("restored");
        JsonNode restored = holdfast.ok(
                "restore", "--target", "orders", "--latest", "--into", into.toString(), "--start", "--verify");
        assertThat(restored.path("phases").path(0).path("name").asText()).isEqualTo("verify");
        String[] over = {"restore", "--backup", backup, "--into", into.toString()};

        HoldfastScript.Ended planned = holdfast.run(with(over, "--delta", "--dry-run"));
        HoldfastScript.Ended alone = holdfast.run(with(over, "--delta"));
        HoldfastScript.Ended forced = holdfast.run(with(over, "--force"));

        assertThat(planned.exitCode()).as(planned.errors()).isEqualTo(FailureCategory.DESTINATION.exitCode());
        assertThat(planned.json().at("/plan/found/running").asBoolean()).isTrue();
        assertThat(planned.json().at("/plan/found/system_identifier").asText())
                .isEqualTo(holdfast.backup(backup).path("system_identifier").asText());
        assertThat(alone.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(alone.errors()).contains("HINT: use --force");
        assertThat(forced.exitCode()).as(forced.errors()).isEqualTo(FailureCategory.DESTINATION.exitCode());
        assertThat(planned.json().at("/refusals/0/message").asText())
                .isEqualTo(forced.json().path("message").asText());
        assertThat(Chain.processesMentioning(into)).isNotEmpty();
    }

    private static String[] with(String[] command, String... more) {
        String[] all = Arrays.copyOf(command, command.length + more.length);
        System.arraycopy(more, 0, all, command.length, more.length);
        return all;
    }

    @Test
    @Order(4)
    void after_everything_but_the_repository_was_lost_a_rebuild_brings_backups_and_window_back() throws Exception {
        JsonNode before = window();
        holdfast.close();
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        holdfast = RunningHoldfast.start(elsewhere, configuration(), OFTEN);
        assertThat(holdfast.ok("list").path("backups")).isEmpty();

        JsonNode rebuilt = holdfast.ok(
                "catalog",
                "rebuild",
                "--config",
                elsewhere.resolve("holdfast.yaml").toString());

        assertThat(rebuilt.path("added").asInt()).isEqualTo(1);
        assertThat(rebuilt.path("wal_pieces").asInt()).isEqualTo(1);
        JsonNode after = window();
        assertThat(after.path("from").path("lsn")).isEqualTo(before.path("from").path("lsn"));
        assertThat(holds(
                        after.path("to").path("lsn").asText(),
                        before.path("to").path("lsn").asText()))
                .isTrue();
        assertThat(after.path("system_identifier")).isEqualTo(before.path("system_identifier"));
    }

    private static JsonNode window() throws Exception {
        return holdfast.ok("window", "--target", "orders").path("windows").path(0);
    }
}
