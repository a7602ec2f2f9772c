package io.holdfast.restore.physical;

import io.holdfast.events.RestoreId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Says whose work a directory is: a small file beside it while it is being filled, and in it from then on. A later attempt
 * of the same restore recognises by it what a killed one left.
 *
 * @param restore whose
 * @param made directories that did not exist before, outermost first
 * @param filled directories that were there, empty
 */
record RestoreMarker(RestoreId restore, List<Path> made, List<Path> filled) {
    private static final String RESTORE = "restore ";
    private static final String MADE = "made ";
    private static final String FILLED = "filled ";

    RestoreMarker {
        made = List.copyOf(made);
        filled = List.copyOf(filled);
    }

    /** Where it lies while the directory is being filled. */
    static Path beside(Path dataDirectory) {
        return dataDirectory.resolveSibling("." + dataDirectory.getFileName() + ".holdfast-restore");
    }

    /** What lies at a path; empty if there is none, or it is not one. */
    static Optional<RestoreMarker> read(Path file) throws IOException {
        if (!Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.getFirst().startsWith(RESTORE)) {
            return Optional.empty();
        }
        try {
            List<Path> made = new ArrayList<>();
            List<Path> filled = new ArrayList<>();
            for (String line : lines) {
                if (line.startsWith(MADE)) {
                    made.add(Path.of(line.substring(MADE.length())));
                } else if (line.startsWith(FILLED)) {
                    filled.add(Path.of(line.substring(FILLED.length())));
                }
            }
            RestoreId restore = RestoreId.of(lines.getFirst().substring(RESTORE.length()));
            return Optional.of(new RestoreMarker(restore, made, filled));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    /** Makes it durable at a path. */
    void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder(RESTORE).append(restore).append('\n');
        made.forEach(path -> text.append(MADE).append(path).append('\n'));
        filled.forEach(path -> text.append(FILLED).append(path).append('\n'));
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.writeString(fresh, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        sync(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        sync(Objects.requireNonNull(file.getParent(), "a marker lies in a directory"));
    }

    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
