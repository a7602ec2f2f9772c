package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with PostgreSQL's programs.
 *
 * @param home absolute; holds {@code bin}
 */
public record PostgresInstallation(Path home) {
    private static final List<String> PARTS = List.of("bin", "lib", "lib64", "share");

    /** The path of one of its programs, which may be missing. */
    public Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    /** Whether it has this program. */
    public boolean has(String name) {
        return Files.isExecutable(program(name));
    }

    /**
     * The folders that its programs need. Not all of it: the data of a server may lie beside them. Where the path of it is a
     * link, those that it leads to as well.
     */
    public List<Path> parts() throws RestoreException {
        try {
            return Stream.of(home, home.toRealPath())
                    .distinct()
                    .flatMap(each -> PARTS.stream().map(each::resolve))
                    .toList();
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.TOOL_VERSION,
                    home + " cannot be read: " + e.getMessage() + ".",
                    "see that the installation is whole.",
                    e);
        }
    }

    @Override
    public String toString() {
        return home.toString();
    }
}
