package io.holdfast.cli.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/** A Kafka broker that is its own controller (KRaft), on loopback, with a small heap. */
final class KafkaBroker implements Part {
    private static final String HEAP = "192m";

    private final Path folder;
    private final int port;
    private final int controllerPort;

    KafkaBroker(Path folder, int port, int controllerPort) {
        this.folder = folder;
        this.port = port;
        this.controllerPort = controllerPort;
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public Launch prepare() throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("log");
        if (!Files.exists(log.resolve("meta.properties"))) {
            format(log);
        }
        Path properties = folder.resolve("server.properties");
        Files.writeString(properties, configuration(log));
        Path logging = folder.resolve("logging.properties");
        Files.writeString(logging, """
                handlers = java.util.logging.ConsoleHandler
                .level = WARNING
                kafka.server.level = INFO
                java.util.logging.ConsoleHandler.level = ALL
                java.util.logging.ConsoleHandler.formatter = java.util.logging.SimpleFormatter
                java.util.logging.SimpleFormatter.format = %1$tFT%1$tT.%1$tL %4$s %3$s %5$s%6$s%n
                """);
        return new Launch(
                List.of(
                        Jvm.java(),
                        "-Xms64m",
                        "-Xmx" + HEAP,
                        "-Xss512k",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.util.logging.config.file=" + logging,
                        "kafka.Kafka",
                        properties.toString()),
                // In the environment, as this class path would fill the list of processes.
                Map.of("CLASSPATH", Jvm.classPath()),
                false,
                folder);
    }

    private static void format(Path log) throws IOException {
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(1)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(log.toString())
                    .addDirectory(log.toString())
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("cannot make the broker's storage at " + log + ": " + e.getMessage(), e);
        }
    }

    private String configuration(Path log) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=BROKER://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
                inter.broker.listener.name=BROKER
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                # What is acknowledged is on disk: there is no other broker that could have it.
                log.flush.interval.messages=1
                auto.create.topics.enable=false
                num.network.threads=2
                num.io.threads=4
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=4
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                # The defaults are made for large machines: 128 MB for the cleaner, 10 MB index files per partition.
                log.cleaner.dedupe.buffer.size=8388608
                log.index.size.max.bytes=1048576
                """.formatted(port, controllerPort, log);
    }

    @Override
    public boolean isReady() {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                4000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                5000);
        try (Admin admin = Admin.create(settings)) {
            return !admin.describeCluster().nodes().get(6, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            // Not yet.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
