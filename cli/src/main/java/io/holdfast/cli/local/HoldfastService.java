package io.holdfast.cli.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of the services, as its own process. */
final class HoldfastService implements Part {
    private final ServiceProgram program;
    private final Path distribution;
    private final Path workDirectory;
    private final Map<String, String> environment;
    private final int port;
    private final HttpClient http;

    /**
     * @param distribution the project's folder, where the build put the programs
     * @param environment  what all services are told, as in the brief of their configuration
     */
    HoldfastService(
            ServiceProgram program,
            Path distribution,
            Path workDirectory,
            Map<String, String> environment,
            int port,
            HttpClient http) {
        this.program = program;
        this.distribution = distribution;
        this.workDirectory = workDirectory;
        this.environment = Map.copyOf(environment);
        this.port = port;
        this.http = http;
    }

    ServiceProgram program() {
        return program;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    @Override
    public String name() {
        return program.module();
    }

    @Override
    public Launch prepare() throws IOException {
        Path jar = program.jar(distribution);
        Files.createDirectories(workDirectory);
        List<String> command = new ArrayList<>(List.of(Jvm.java()));
        command.addAll(program.jvmArguments(distribution));
        command.addAll(List.of("-jar", jar.toString()));
        Map<String, String> all = new HashMap<>(environment);
        all.put("HOLDFAST_HTTP_HOST", "127.0.0.1");
        all.put("HOLDFAST_HTTP_PORT", Integer.toString(port));
        all.put("HOLDFAST_WORK_DIRECTORY", workDirectory.toString());
        return new Launch(command, all, true, workDirectory);
    }

    @Override
    public boolean isReady() throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/q/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException e) {
            // Not yet.
            return false;
        }
    }
}
