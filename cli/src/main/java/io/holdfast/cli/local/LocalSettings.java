package io.holdfast.cli.local;

import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an instance was started with; kept, so that a second start finds the same.
 *
 * @param configuration absolute path of {@code holdfast.yaml}
 * @param restoreRoots  the folders below which restores may write
 * @param installations PostgreSQL installations beside those that are found
 * @param ports         by part; {@code kafka-controller} beside them
 */
record LocalSettings(
        String configuration, List<String> restoreRoots, List<String> installations, Map<String, Integer> ports) {

    static Optional<LocalSettings> read(Path file) throws IOException {
        return Files.exists(file)
                ? Optional.of(Json.MAPPER.readValue(file.toFile(), LocalSettings.class))
                : Optional.empty();
    }

    void write(Path file) throws IOException {
        PrivateFiles.replace(file, Json.line(this) + "\n");
    }

    int port(String part) {
        Integer port = ports.get(part);
        if (port == null) {
            throw new IllegalStateException("no port was chosen for " + part);
        }
        return port;
    }
}
