package io.holdfast.restore.physical;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Looks at directories, and spoils them. */
final class Trees {
    private Trees() {}

    /** A line about each entry below a directory, by path; links are not followed. */
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
            return "link to " + Files.readSymbolicLink(path);
        }
        Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
        return Files.isDirectory(path)
                ? "directory " + attributes
                : "file " + attributes + " " + Files.size(path) + " " + Arrays.hashCode(Files.readAllBytes(path));
    }

    static void write(Path file, long at, byte[] bytes) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.seek(at);
            out.write(bytes);
        }
    }

    static void truncate(Path file, long length) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(length);
        }
    }
}
