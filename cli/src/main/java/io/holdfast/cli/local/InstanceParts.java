package io.holdfast.cli.local;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processes that an instance consists of.
 *
 * @param broker   what all events go through
 * @param database what the services keep their state in
 * @param services in the order of {@link ServiceProgram}
 */
record InstanceParts(KafkaBroker broker, ServiceDatabase database, List<HoldfastService> services) {
    static final String CONTROLLER_PORT = "kafka-controller";

    static InstanceParts of(
            InstanceFolder folder, LocalSecrets secrets, LocalSettings settings, Path distribution, HttpClient http)
            throws IOException {
        KafkaBroker broker = new KafkaBroker(folder.kafka(), settings.port("kafka"), settings.port(CONTROLLER_PORT));
        ServiceDatabase database = new ServiceDatabase(folder, secrets, settings.port("database"));
        Map<String, String> environment = new HashMap<>();
        environment.put("HOLDFAST_KAFKA", broker.bootstrap());
        environment.put("HOLDFAST_DATABASE_URL", database.url());
        environment.put("HOLDFAST_DATABASE_USER", ServiceDatabase.USER);
        environment.put("HOLDFAST_DATABASE_PASSWORD", secrets.databasePassword());
        environment.put("HOLDFAST_CONTROL_PLANE_PUBLIC_KEY", secrets.publicKey().toString());
        environment.put("HOLDFAST_RESTORE_DIRECTORIES", String.join(",", settings.restoreRoots()));
        environment.put("HOLDFAST_SITE", "local");
        // One host and one user: there is nobody to keep the right to delete apart from.
        environment.put("HOLDFAST_RETENTION_ROLE", "on");
        environment.put(
                "HOLDFAST_POSTGRES_INSTALLATIONS",
                Stream.concat(
                                settings.installations().stream(),
                                PostgresPrograms.installations(folder).stream().map(Path::toString))
                        .distinct()
                        .collect(Collectors.joining(",")));
        Map<String, String> controlPlane = new HashMap<>(environment);
        controlPlane.put("HOLDFAST_CONFIG", settings.configuration());
        controlPlane.put(
                "HOLDFAST_CONTROL_PLANE_PRIVATE_KEY", secrets.privateKey().toString());
        controlPlane.put("HOLDFAST_TOKEN_FILE", secrets.tokenFile().toString());
        List<HoldfastService> services = Arrays.stream(ServiceProgram.values())
                .map(program -> new HoldfastService(
                        program,
                        distribution,
                        folder.work(program),
                        program == ServiceProgram.SCHEDULER_SERVICE ? controlPlane : environment,
                        settings.port(program.module()),
                        http))
                .toList();
        return new InstanceParts(broker, database, services);
    }

    /** The control plane's address. */
    String url() {
        return services.stream()
                .filter(service -> service.program() == ServiceProgram.SCHEDULER_SERVICE)
                .findFirst()
                .orElseThrow()
                .url();
    }

    List<Part> infrastructure() {
        return List.of(broker, database);
    }
}
