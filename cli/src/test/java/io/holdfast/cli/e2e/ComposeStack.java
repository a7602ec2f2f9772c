package io.holdfast.cli.e2e;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.DockerComposeContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startable;

/** What docker-compose.yml starts, run by the Compose that this machine has: the engine's plug-in, or the older program. */
final class ComposeStack implements AutoCloseable {
    private static final File FILE =
            Path.of("..", "docker-compose.yml").toAbsolutePath().normalize().toFile();
    private static final List<String> SERVICES = List.of(
            "scheduler-service", "backup-worker", "verifier-service", "restore-worker", "notifier-service", "orders");
    private static final Duration START = Duration.ofMinutes(5);

    private final Startable compose;
    private final Function<String, Optional<ContainerState>> container;

    private ComposeStack(Startable compose, Function<String, Optional<ContainerState>> container) {
        this.compose = compose;
        this.container = container;
    }

    /** Builds the images and starts everything; returns when every service is healthy. */
    static ComposeStack start(Map<String, String> environment) throws IOException, InterruptedException {
        ComposeStack stack = hasPlugIn() ? withPlugIn(environment) : withProgram(environment);
        try {
            stack.compose.start();
            return stack;
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    private static ComposeStack withPlugIn(Map<String, String> environment) {
        ComposeContainer compose =
                new ComposeContainer("holdfast-test", FILE).withBuild(true).withEnv(environment);
        SERVICES.forEach(
                service -> compose.waitingFor(service, Wait.forHealthcheck().withStartupTimeout(START)));
        return new ComposeStack(compose, compose::getContainerByServiceName);
    }

    private static ComposeStack withProgram(Map<String, String> environment) {
        DockerComposeContainer<?> compose = new DockerComposeContainer<>("holdfast-test", FILE)
                .withBuild(true)
                .withEnv(environment);
        SERVICES.forEach(
                service -> compose.waitingFor(service, Wait.forHealthcheck().withStartupTimeout(START)));
        return new ComposeStack(compose, compose::getContainerByServiceName);
    }

    private static boolean hasPlugIn() throws IOException, InterruptedException {
        Process version = new ProcessBuilder("docker", "compose", "version")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return version.waitFor(10, TimeUnit.SECONDS) && version.exitValue() == 0;
    }

    /** Runs a program in a service's container and returns what it printed. */
    String run(String service, String... command) throws IOException, InterruptedException {
        ExecResult result = state(service).execInContainer(command);
        if (result.getExitCode() != 0) {
            throw new IOException(String.join(" ", command) + " failed in " + service + ": " + result.getStderr());
        }
        return result.getStdout().strip();
    }

    /** Kills a service's container and removes it with its data. */
    void destroy(String service) {
        DockerClientFactory.lazyClient()
                .removeContainerCmd(state(service).getContainerId())
                .withForce(true)
                .withRemoveVolumes(true)
                .exec();
    }

    private ContainerState state(String service) {
        return container
                .apply(service)
                .orElseThrow(() -> new IllegalStateException("there is no container of " + service));
    }

    @Override
    public void close() {
        compose.stop();
    }
}
