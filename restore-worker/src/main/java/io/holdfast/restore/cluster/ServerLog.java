package io.holdfast.restore.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The log of a restored server. Statements are kept out of it by configuration, and lines that could hold one are left
 * out here as well, so that its end can go into a failure's message.
 *
 * @param file below the data directory
 */
record ServerLog(Path dataDirectory, Path file) {
    private static final int TAIL_BYTES = 16 << 10;
    private static final int MOST_LINES = 8;
    private static final int LONGEST_LINE = 300;
    private static final Pattern MAY_HOLD_A_STATEMENT = Pattern.compile("(STATEMENT|DETAIL|CONTEXT|QUERY): ");
    private static final Pattern PREFIX = Pattern.compile("^\\d{4}-\\d\\d-\\d\\d [0-9:.]+ \\S+ \\[\\d+\\] ");
    private static final Pattern BAD = Pattern.compile("(FATAL|PANIC|ERROR|HINT): ");

    private static List<String> badOnes(List<String> lines) {
        return lines.stream().filter(line -> BAD.matcher(line).find()).toList();
    }

    /** The last lines that tell why it ended, in one line; a sentence saying so if there are none. */
    String reason() {
        List<String> lines = tail();
        List<String> bad = badOnes(lines);
        List<String> shown = bad.isEmpty() ? lines : bad;
        return shown.isEmpty()
                ? "its log is empty"
                : String.join(" | ", shown.subList(Math.max(0, shown.size() - MOST_LINES), shown.size()));
    }

    private List<String> tail() {
        try {
            byte[] bytes = ForeignFiles.tail(dataDirectory, file, TAIL_BYTES);
            return new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .skip(bytes.length < TAIL_BYTES ? 0 : 1)
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
