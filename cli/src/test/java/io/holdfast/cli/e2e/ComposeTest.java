package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/**
 * The demo's story against docker-compose.yml, where a Docker engine answers. The images that Holdfast's own start from
 * are taken from the environment's HOLDFAST_JAVA_IMAGE, HOLDFAST_POSTGRES_IMAGE and HOLDFAST_KAFKA_IMAGE, if set.
 */
@Tag("long")
class ComposeTest {
    private static final String WHAT_IS_THERE =
            "select count(*) || ' orders, ' || sum(total_cents) || ' cents, last ' || max(id) from orders";

    @TempDir
    Path folder;

    @Test
    void a_database_in_a_container_is_backed_up_verified_lost_and_restored() throws Exception {
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "no Docker engine answers here, so docker-compose.yml was NOT tried");
        int port = freePort();
        int ordersPort = freePort();
        Map<String, String> environment = new HashMap<>(Map.of(
                "HOLDFAST_DATABASE_PASSWORD", UUID.randomUUID().toString(),
                "HOLDFAST_PORT", Integer.toString(port),
                "HOLDFAST_KAFKA_PORT", Integer.toString(freePort()),
                "ORDERS_PORT", Integer.toString(ordersPort)));
        for (String image : new String[] {"JAVA", "POSTGRES", "KAFKA"}) {
            String name = "HOLDFAST_" + image + "_IMAGE";
            String value = System.getenv(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        try (ComposeStack stack = ComposeStack.start(environment)) {
            String token = stack.run("scheduler-service", "cat", "/etc/holdfast/private/token");
            HoldfastScript holdfast = new HoldfastScript(folder)
                    .with("HOLDFAST_URL", "http://127.0.0.1:" + port)
                    .with("HOLDFAST_TOKEN", token);
            String before = ask(ordersPort, WHAT_IS_THERE);

            HoldfastScript.Ended backup = holdfast.run(
                    Duration.ofMinutes(3), "backup", "--target", "orders", "--wait-for", "verified", "--json");
            assertThat(backup.exitCode()).as(backup.errors()).isZero();
            String id = backup.json().path("backup_id").asText();
            stack.destroy("orders");

            HoldfastScript.Ended restore = holdfast.run(
                    Duration.ofMinutes(3),
                    "restore",
                    "--backup",
                    id,
                    "--into",
                    "/restores/orders",
                    "--start",
                    "--json");

            assertThat(restore.exitCode()).as(restore.errors()).isZero();
            JsonNode restored = restore.json();
            assertThat(restored.path("ok").asBoolean()).isTrue();
            String connection = restored.path("connection").asText() + " password=sample";
            assertThat(stack.run("restore-worker", "psql", connection, "-Atc", WHAT_IS_THERE))
                    .isEqualTo(before);
        }
    }

    private static String ask(int port, String question) throws Exception {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/orders", "backup", "sample");
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(question)) {
            assertThat(answer.next()).isTrue();
            return answer.getString(1);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
