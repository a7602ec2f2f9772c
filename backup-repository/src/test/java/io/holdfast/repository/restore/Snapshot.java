package io.holdfast.repository.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What lies in a directory: a line about each entry, by path. Links are not followed. */
final class Snapshot {
    private Snapshot() {}

    static Map<String, String> of(Path directory) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                entries.put(directory.relativize(path).toString(), line(path));
            }
        }
        return entries;
    }

    private static String line(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "link " + Files.readSymbolicLink(path);
        }
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        return Files.isDirectory(path)
                ? "directory " + mode
                : "file " + mode + " " + Files.getLastModifiedTime(path).toInstant() + " " + Files.size(path) + " "
                        + Arrays.hashCode(Files.readAllBytes(path));
    }
}
