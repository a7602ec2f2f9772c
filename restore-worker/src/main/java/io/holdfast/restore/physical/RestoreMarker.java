package io.holdfast.restore.physical;

import io.holdfast.events.RestoreId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says whose work a directory is: a small file beside it while it is being filled, and in it from then on. A later attempt
 * of the same restore recognises by it what a killed one left.
 *
 * @param restore whose
 * @param backup what is being restored; empty in markers of earlier versions
 * @param cluster the system identifier of what is being restored; empty in markers of earlier versions
 * @param made directories that did not exist before, outermost first
 * @param filled directories that were there, empty
 * @param over directories that held a cluster before: nothing that was in them is to be removed when a restore fails
 * @param kept directories that held a cluster before, which is moved aside; they are made anew, and {@code made} names them
 */
record RestoreMarker(
        RestoreId restore,
        String backup,
        String cluster,
        List<Path> made,
        List<Path> filled,
        List<Path> over,
        List<Path> kept) {
    private static final String RESTORE = "restore ";
    private static final String BACKUP = "backup ";
    private static final String CLUSTER = "cluster ";
    private static final String MADE = "made ";
    private static final String FILLED = "filled ";
    private static final String OVER = "over ";
    private static final String KEPT = "kept ";

    RestoreMarker {
        made = List.copyOf(made);
        filled = List.copyOf(filled);
        over = List.copyOf(over);
        kept = List.copyOf(kept);
    }

    /** Where it lies while the directory is being filled. */
    static Path beside(Path dataDirectory) {
        return dataDirectory.resolveSibling("." + dataDirectory.getFileName() + ".holdfast-restore");
    }

    /** What lies at a path; empty if there is none, or it is not one. */
    static Optional<RestoreMarker> read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.getFirst().startsWith(RESTORE)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RestoreMarker(
                    RestoreId.of(lines.getFirst().substring(RESTORE.length())),
                    after(BACKUP, lines).findFirst().orElse(""),
                    after(CLUSTER, lines).findFirst().orElse(""),
                    after(MADE, lines).map(Path::of).toList(),
                    after(FILLED, lines).map(Path::of).toList(),
                    after(OVER, lines).map(Path::of).toList(),
                    after(KEPT, lines).map(Path::of).toList()));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static Stream<String> after(String word, List<String> lines) {
        return lines.stream().filter(line -> line.startsWith(word)).map(line -> line.substring(word.length()));
    }

    /** Every directory that it names as claimed. */
    List<Path> all() {
        List<Path> all = new ArrayList<>(made);
        all.addAll(filled);
        all.addAll(over);
        return all;
    }

    /** Makes it durable at a path. */
    void write(Path file) throws IOException {
        StringBuilder text = new StringBuilder(RESTORE).append(restore).append('\n');
        text.append(BACKUP).append(backup).append('\n');
        text.append(CLUSTER).append(cluster).append('\n');
        made.forEach(path -> text.append(MADE).append(path).append('\n'));
        filled.forEach(path -> text.append(FILLED).append(path).append('\n'));
        over.forEach(path -> text.append(OVER).append(path).append('\n'));
        kept.forEach(path -> text.append(KEPT).append(path).append('\n'));
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
