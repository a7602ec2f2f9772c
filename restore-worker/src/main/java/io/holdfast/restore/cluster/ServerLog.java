package io.holdfast.restore.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log of a restored server. Statements are kept out of it by configuration, and lines that could hold one are left
 * out here as well, so that its end can go into a failure's message.
 */
public record ServerLog(Path file) {
    private static final int TAIL_BYTES = 16 << 10;
    private static final int MOST_LINES = 8;
    private static final int LONGEST_LINE = 300;
    private static final Pattern MAY_HOLD_A_STATEMENT = Pattern.compile("(STATEMENT|DETAIL|CONTEXT|QUERY): ");
    private static final Pattern PREFIX = Pattern.compile("^\\d{4}-\\d\\d-\\d\\d [0-9:.]+ \\S+ \\[\\d+\\] ");
    /** What a CREATE TABLESPACE says when it is replayed. A hint follows it. */
    private static final Pattern MISSING = Pattern.compile("FATAL:  directory \"(/[^\"]+)\" does not exist$");

    private static final Pattern BAD = Pattern.compile("(FATAL|PANIC|ERROR|HINT): ");

    /** The directory whose absence ended it, if that is the last thing that it complained of. */
    Optional<Path> missingDirectory() {
        List<String> bad = badOnes(tail()).stream()
                .filter(line -> !line.startsWith("HINT: "))
                .toList();
        Matcher last = MISSING.matcher(bad.isEmpty() ? "" : bad.getLast());
        return last.find() ? Optional.of(Path.of(last.group(1))) : Optional.empty();
    }

    private static List<String> badOnes(List<String> lines) {
        return lines.stream().filter(line -> BAD.matcher(line).find()).toList();
    }

    /** The last lines that tell why it ended, in one line; a sentence saying so if there are none. */
    public String reason() {
        List<String> lines = tail();
        List<String> bad = badOnes(lines);
        List<String> shown = bad.isEmpty() ? lines : bad;
        return shown.isEmpty()
                ? "its log is empty"
                : String.join(" | ", shown.subList(Math.max(0, shown.size() - MOST_LINES), shown.size()));
    }

    private List<String> tail() {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long from = Math.max(0, in.length() - TAIL_BYTES);
            in.seek(from);
            byte[] bytes = new byte[(int) (in.length() - from)];
            in.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .skip(from == 0 ? 0 : 1)
                    .map(line -> PREFIX.matcher(line).replaceFirst(""))
                    .filter(line -> !line.isBlank() && !line.startsWith("\t"))
                    .filter(line -> !MAY_HOLD_A_STATEMENT.matcher(line).find())
                    .map(line -> line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line)
                    .toList();
        } catch (IOException e) {
            return List.of("its log cannot be read: " + e.getMessage());
        }
    }
}
