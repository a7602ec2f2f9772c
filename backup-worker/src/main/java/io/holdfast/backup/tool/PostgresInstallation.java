package io.holdfast.backup.tool;

import java.nio.file.Path;

/**
 * Client programs of one version in one folder.
 *
 * @param programs the folder that holds {@code pg_dump} and {@code pg_dumpall} themselves
 * @param version what {@code pg_dump} says it is
 */
public record PostgresInstallation(Path programs, ToolVersion version) {
    /** The path of a program. */
    public Path program(String name) {
        return programs.resolve(name);
    }
}
