package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Drills with everything that takes part in them: asked for, done in a sandbox, reported, mailed; and by the clock. */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrillsTest {
    private static Mailbox mails;
    private static Orders orders;
    private static RunningHoldfast holdfast;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Chain.open(folder);
        mails = new Mailbox();
        orders = Orders.start(18, folder, 5);
        holdfast = RunningHoldfast.start(folder, configuration(""));
        holdfast.ok("backup", "--target", "orders", "--wait-for", "verified");
    }

    private static String configuration(String schedule) {
        return Orders.configuration(folder, orders.target("orders")) + "    drill:\n" + schedule
                + "      roles: [auditor]\n      rows: [{ table: public.item, database: orders, exactly: " + Orders.ROWS
                + " }]\n"
                + mails.configuration();
    }

    @AfterAll
    static void stop() throws Exception {
        if (holdfast != null) {
            holdfast.close();
        }
        orders.close();
        mails.close();
    }

    @Test
    @Order(1)
    void what_is_missing_is_in_the_answer_the_report_and_a_mail() throws Exception {
        HoldfastScript.Ended run = holdfast.run("drill", "--target", "orders", "--latest", "--wait");

        JsonNode drill = run.json();
        assumeFalse(
                drill.path("failed_for").asText().equals("host"),
                () -> "this host has no sandbox, so drills were NOT tried: " + drill.path("message"));
        assertThat(run.exitCode()).as(run.output() + run.errors()).isNotZero();
        assertThat(drill.path("ok").asBoolean()).isFalse();
        assertThat(drill.path("failed_for").asText()).isEqualTo("missing_role");
        assertThat(drill.path("message").asText()).contains("auditor");
        String report = drill.path("report").asText();
        JsonNode stored = Json.MAPPER.readTree(reportFile(report, ".json").toFile());
        assertThat(stored.path("passed").asBoolean(true)).isFalse();
        assertThat(stored.path("reason").asText()).isEqualTo("missing_role");
        assertThat(Files.readString(reportFile(report, ".html")))
                .contains("orders was not brought back as it has to be", "auditor");
        holdfast.until("a mail to be there", () -> drillMails().size() == 1);
        String subject = drillMails().getFirst();
        assertThat(subject).startsWith("FAILED: orders drill");
        assertThat(mails.text(subject))
                .contains("auditor", report + ".html", drill.path("drill_id").asText());
        requireGone();
    }

    @Test
    @Order(2)
    void once_it_is_mended_a_drill_passes_is_measured_and_a_mail_says_so() throws Exception {
        assumeFalse(new Log(holdfast.kafka()).said(DrillFailed.class).isEmpty(), "drills were NOT tried");
        orders.server().execute("postgres", "create role auditor");
        String written = orders.server().query("postgres", "select pg_current_wal_flush_lsn()");
        holdfast.until(
                "the log to be stored up to " + written,
                () -> orders.server()
                        .query(
                                "postgres",
                                "select count(*) from pg_replication_slots where restart_lsn >= '" + written + "'")
                        .equals("1"));

        JsonNode drill = holdfast.ok("drill", "--target", "orders", "--latest", "--wait");

        assertThat(drill.path("ok").asBoolean()).isTrue();
        assertThat(drill.path("measures").path("rto_seconds").asDouble()).isPositive();
        assertThat(drill.path("measures").path("rpo_seconds").isNumber()).isTrue();
        assertThat(drill.path("measures").path("phases").findValuesAsText("name"))
                .containsExactly("fetch", "start", "recover", "check", "stop");
        String report = drill.path("report").asText();
        JsonNode stored = Json.MAPPER.readTree(reportFile(report, ".json").toFile());
        assertThat(stored.path("passed").asBoolean()).isTrue();
        assertThat(stored.path("rows"))
                .anySatisfy(row -> assertThat(row.toString()).contains("item", "" + Orders.ROWS));
        assertThat(Files.readString(reportFile(report, ".html")))
                .contains("orders can be brought back", "item")
                .doesNotContain("http:", "https:", "<script", "src=");
        holdfast.until("a mail that says so", () -> drillMails().size() == 2);
        assertThat(drillMails().getLast()).startsWith("RECOVERED: orders drill");
        requireGone();
    }

    @Test
    @Order(3)
    void by_the_clock_any_backup_is_brought_back_to_any_moment() throws Exception {
        assumeFalse(new Log(holdfast.kafka()).said(DrillFailed.class).isEmpty(), "drills were NOT tried");
        // Any moment from here on has the role.
        holdfast.ok("backup", "--target", "orders", "--wait-for", "verified");
        int before = ended().size();

        holdfast.configure(configuration("      schedule: \"* * * * *\"\n"));

        holdfast.within(Duration.ofMinutes(4), "two drills by the clock", () -> ended().size() >= before + 2);
        holdfast.configure(configuration(""));
        assertThat(ended()).doesNotHaveDuplicates();
        assertThat(new Log(holdfast.kafka()).said(DrillFailed.class))
                .allSatisfy(event ->
                        assertThat(((DrillFailed) event.data()).reason()).isEqualTo(DrillReason.MISSING_ROLE));
        requireGone();
    }

    /** The drills that have ended, whether they passed or not; one to a moment before the role was there does not. */
    private static List<String> ended() {
        List<String> ended = new ArrayList<>();
        Log log = new Log(holdfast.kafka());
        log.said(DrillFailed.class)
                .forEach(event ->
                        ended.add(((DrillFailed) event.data()).drillId().toString()));
        log.said(DrillCompleted.class)
                .forEach(event ->
                        ended.add(((DrillCompleted) event.data()).drillId().toString()));
        return ended;
    }

    private static Path reportFile(String report, String ending) {
        return holdfast.repository().resolve(report + ending);
    }

    private static List<String> drillMails() throws Exception {
        return mails.about("orders").stream()
                .filter(subject -> subject.contains("orders drill"))
                .toList();
    }

    /** Nothing is left of a sandbox, neither files nor processes. */
    private static void requireGone() throws Exception {
        Path drills = holdfast.data().resolve("work/restore-worker/drills");
        assertThat(drills).isDirectory();
        holdfast.until("the sandbox to be gone", () -> {
            try (Stream<Path> left = Files.list(drills)) {
                return left.findAny().isEmpty();
            }
        });
        assertThat(Chain.processesMentioning(drills)).isEmpty();
    }
}
