package io.holdfast.restore.physical;

import io.holdfast.events.restore.RestorePlanned.Found;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ControlFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Looks at what lies where a restore would go. Changes nothing. */
final class FoundThere {
    private static final int LONGEST_VERSION = 20;

    private FoundThere() {}

    static Found in(Destination destination) throws IOException {
        Path data = destination.dataDirectory();
        boolean unfinished = Files.exists(RestoreMarker.beside(data), LinkOption.NOFOLLOW_LINKS);
        if (!Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
            return new Found(unfinished ? "unfinished" : "nothing", null, null, null, null);
        }
        if (!Files.isDirectory(data, LinkOption.NOFOLLOW_LINKS)) {
            return new Found("other", null, null, null, null);
        }
        if (FileTree.isEmpty(data)) {
            return new Found(unfinished ? "unfinished" : "empty", null, null, null, null);
        }
        String major = major(data);
        boolean cluster = major != null || Files.exists(data.resolve(ControlFile.PATH), LinkOption.NOFOLLOW_LINKS);
        return new Found(
                unfinished ? "unfinished" : cluster ? "cluster" : "other",
                cluster ? systemIdentifier(data) : null,
                major,
                cluster ? isUsed(destination) : null,
                bytesBelow(data));
    }

    private static @Nullable String major(Path data) throws IOException {
        Path file = data.resolve("PG_VERSION");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST_VERSION) {
            return null;
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }

    private static @Nullable String systemIdentifier(Path data) {
        try {
            return Long.toUnsignedString(ControlFile.of(data).systemIdentifier());
        } catch (RestoreException e) {
            // That it cannot be told is what is told.
            return null;
        }
    }

    private static boolean isUsed(Destination destination) throws IOException {
        try {
            Occupants.refuse(destination.places());
            return false;
        } catch (RestoreException used) {
            return true;
        }
    }

    /** A running server makes and removes files while they are counted. */
    private static long bytesBelow(Path directory) throws IOException {
        AtomicLong bytes = new AtomicLong();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    bytes.addAndGet(attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException goneOrNotOurs) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException goneOrNotOurs) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes.get();
    }
}
