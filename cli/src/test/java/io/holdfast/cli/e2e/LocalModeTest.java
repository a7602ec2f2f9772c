package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.events.Topic;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
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

/** One instance's life: started twice, used, killed, brought back, stopped. */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalModeTest {
    private static Orders orders;
    private static RunningHoldfast holdfast;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Chain.open(folder);
        orders = Orders.start(15, folder, 5);
        holdfast = RunningHoldfast.start(folder, Orders.configuration(folder, orders.target("orders")));
    }

    @AfterAll
    static void stop() throws Exception {
        holdfast.close();
        orders.close();
    }

    @Test
    @Order(1)
    void a_second_start_says_the_same_and_starts_nothing() throws Exception {
        List<Long> before = pids();

        JsonNode again = holdfast.up();

        assertThat(again.path("url").asText()).startsWith("http://127.0.0.1:");
        assertThat(again.path("token").asText()).isNotEmpty();
        assertThat(pids()).isEqualTo(before).hasSize(7);
    }

    @Test
    @Order(2)
    void everything_together_takes_less_than_one_and_a_half_gibibytes() throws Exception {
        assertThat(holdfast.ok("status").path("resident_bytes").asLong())
                .isPositive()
                .isLessThan(3L * 512 * 1024 * 1024);
    }

    @Test
    @Order(3)
    void a_logical_backup_comes_back_into_a_new_database() throws Exception {
        orders.server().execute("postgres", "create role loader superuser login password 'l0ader'");
        Path password = Files.writeString(folder.resolve("loader"), "l0ader");
        JsonNode backup = holdfast.ok("backup", "--target", "orders", "--kind", "logical", "--wait-for", "verified");

        JsonNode restored = holdfast.ok(
                "restore",
                "--backup",
                backup.path("backup_id").asText(),
                "--into-database",
                "postgresql://loader@127.0.0.1:" + orders.server().port() + "/again",
                "--source-database",
                "orders",
                "--password-ref",
                "file:" + password);

        assertThat(restored.path("ok").asBoolean()).isTrue();
        assertThat(orders.server().query("again", "select count(*) from item")).isEqualTo("" + Orders.ROWS);
    }

    @Test
    @Order(4)
    void a_full_backup_comes_back_into_a_directory_and_down_stops_its_server() throws Exception {
        JsonNode backup = holdfast.ok("backup", "--target", "orders", "--wait-for", "verified");
        Path into = folder.resolve("restored");

        JsonNode restored = holdfast.ok(
                "restore", "--backup", backup.path("backup_id").asText(), "--into", into.toString(), "--start");

        assertThat(restored.path("ok").asBoolean()).isTrue();
        assertThat(restored.path("directory").asText()).isEqualTo(into.toString());
        assertThat(restored.path("connection").asText()).contains("user=backup");
        assertThat(restored.path("checks").findValuesAsText("value")).contains("" + Orders.ROWS);
        assertThat(Chain.processesMentioning(into)).isNotEmpty();

        holdfast.ok("down");

        assertThat(Chain.processesMentioning(into)).isEmpty();
        assertThat(Chain.processesMentioning(holdfast.data())).isEmpty();
        try (PostgresServer again = PostgresServer.of(15).startOn(into)) {
            assertThat(again.query("orders", "select count(*) from item")).isEqualTo("" + Orders.ROWS);
        }
        holdfast.up();
    }

    @Test
    @Order(5)
    void after_everything_was_killed_a_start_brings_back_the_list_as_it_was() throws Exception {
        JsonNode before = holdfast.ok("list");
        for (long pid : pids()) {
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        }

        holdfast.up();

        assertThat(before.path("backups")).hasSize(2);
        assertThat(holdfast.ok("list")).isEqualTo(before);
    }

    @Test
    @Order(6)
    void a_catalog_that_was_dropped_is_read_again_from_the_log() throws Exception {
        JsonNode backups = holdfast.ok("list");
        JsonNode restores = holdfast.ok("list", "--restores");
        try (Connection connection = holdfast.database();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema catalog cascade");
        }
        holdfast.process("scheduler-service").destroyForcibly();

        holdfast.up();

        assertThat(restores.path("restores")).hasSize(2);
        holdfast.until("the backups to be listed again", () -> backups.equals(holdfast.ok("list")));
        holdfast.until("the restores to be listed again", () -> restores.equals(holdfast.ok("list", "--restores")));
    }

    @Test
    @Order(7)
    void no_password_is_in_any_log_process_event_or_stored_object() throws Exception {
        String secret = Orders.PASSWORD;
        Log log = new Log(holdfast.kafka());
        for (Topic topic : Topic.values()) {
            for (WireEvent event : log.read(topic)) {
                assertThat(new String(event.data(), StandardCharsets.UTF_8) + event.headers())
                        .as(topic.topicName())
                        .doesNotContain(secret);
            }
        }
        assertThat(Chain.processes()).noneMatch(process -> process.contains(secret));
        assertThat(filesWith(holdfast.data(), secret)).isEmpty();
        assertThat(filesWith(holdfast.repository(), secret)).isEmpty();
    }

    private static List<Long> pids() throws Exception {
        List<Long> pids = new ArrayList<>();
        holdfast.run("status")
                .json()
                .path("parts")
                .forEach(part -> pids.add(part.path("pid").asLong()));
        return pids;
    }

    private static List<Path> filesWith(Path folder, String text) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    found.add(file);
                }
            }
        }
        return found;
    }
}
