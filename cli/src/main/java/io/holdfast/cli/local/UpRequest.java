package io.holdfast.cli.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is asked of a start; what is left open is as at the last start, or chosen.
 *
 * @param port          the control plane's port
 * @param configuration {@code holdfast.yaml}
 * @param restoreRoots  the folders below which restores may write; none given: anywhere
 * @param installations PostgreSQL installations (folders with {@code bin}) beside those that are found
 * @param patience      how long each part may take to become ready
 */
public record UpRequest(
        OptionalInt port,
        Optional<Path> configuration,
        List<Path> restoreRoots,
        List<Path> installations,
        Duration patience) {
    public UpRequest {
        restoreRoots = List.copyOf(restoreRoots);
        installations = List.copyOf(installations);
    }
}
