package io.holdfast.restore.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder with PostgreSQL's programs.
 *
 * @param home absolute; holds {@code bin}
 */
public record PostgresInstallation(Path home) {

    /** The path of one of its programs, which may be missing. */
    public Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** Whether it has this program. */
    public boolean has(String name) {
        return Files.isExecutable(program(name));
    }

    @Override
    public String toString() {
        return home.toString();
    }
}
