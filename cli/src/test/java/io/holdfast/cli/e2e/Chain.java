package io.holdfast.cli.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** What the tests of the whole chain look at from outside. */
final class Chain {
    private Chain() {}

    /** Lets other users enter, for PostgreSQL may run as one of them. */
    static Path open(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    /** The command lines of all processes that name a folder in their arguments or run programs out of it. */
    static List<String> processesMentioning(Path folder) throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String arguments = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            .replace('\0', ' ');
                    String program = Files.isReadable(process.resolve("exe"))
                            ? Files.readSymbolicLink(process.resolve("exe")).toString()
                            : "";
                    if (arguments.contains(folder.toString()) || program.startsWith(folder.toString())) {
                        found.add(process.getFileName() + ": " + arguments);
                    }
                } catch (IOException e) {
                    // It ended meanwhile.
                }
            }
        }
        return found;
    }
}
