package io.holdfast.backup.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Programs made for a test: shell scripts under the names of PostgreSQL's own. */
public final class ScriptFolder {
    private final Path folder;

    public ScriptFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** An installation whose programs say this version and do nothing else. */
    public static Path installation(Path home, String version) throws IOException {
        ScriptFolder bin = new ScriptFolder(home.resolve("bin"));
        bin.program("pg_dump", "echo 'pg_dump (PostgreSQL) " + version + "'");
        bin.program("pg_dumpall", "echo 'pg_dumpall (PostgreSQL) " + version + "'");
        return home;
    }

    /** Adds a program. */
    public Path program(String name, String body) throws IOException {
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return program;
    }
}
