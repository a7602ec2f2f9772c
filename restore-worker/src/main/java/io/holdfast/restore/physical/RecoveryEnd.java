package io.holdfast.restore.physical;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.cluster.ForeignFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a recovery ended: the server begins a timeline there, and notes in its history where that branched off.
 *
 * @param along the timeline that was to be followed
 * @param timeline the one on which it ended: one before that, if it stopped before that had begun
 * @param lsn the byte behind the last one that was replayed
 */
record RecoveryEnd(int along, int timeline, Lsn lsn) {
    private static final int LONGEST = 1 << 20;
    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");

    /**
     * Reads it from the newest history file; empty if none is newer than the timeline that recovery began on.
     *
     * @throws IllegalArgumentException if it cannot be understood
     */
    static Optional<RecoveryEnd> read(Path dataDirectory, int begunOn) throws IOException {
        try (Stream<Path> files = Files.list(dataDirectory.resolve("pg_wal"))) {
            Optional<Path> newest = files.filter(file ->
                            HISTORY.matcher(file.getFileName().toString()).matches())
                    .filter(file -> timeline(file) > Integer.toUnsignedLong(begunOn))
                    .max(Comparator.comparingLong(RecoveryEnd::timeline));
            return newest.isEmpty() ? Optional.empty() : last(lines(dataDirectory, newest.get()));
        }
    }

    private static List<String> lines(Path dataDirectory, Path history) throws IOException {
        return new String(ForeignFiles.read(dataDirectory, history, LONGEST), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private static long timeline(Path history) {
        return Long.parseLong(history.getFileName().toString().substring(0, 8), 16);
    }

    /** Each line holds a timeline, the position where it was left, and why; the last is of this recovery. */
    private static Optional<RecoveryEnd> last(List<String> lines) {
        List<String[]> branches = lines.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> line.split("\\s+", 3))
                .filter(fields -> fields.length >= 2)
                .toList();
        if (branches.isEmpty()) {
            return Optional.empty();
        }
        Lsn end = Lsn.parse(branches.getLast()[1]);
        String[] on = branches.stream()
                .filter(fields -> Lsn.parse(fields[1]).compareTo(end) >= 0)
                .findFirst()
                .orElse(branches.getLast());
        return Optional.of(
                new RecoveryEnd(Integer.parseUnsignedInt(branches.getLast()[0]), Integer.parseUnsignedInt(on[0]), end));
    }
}
