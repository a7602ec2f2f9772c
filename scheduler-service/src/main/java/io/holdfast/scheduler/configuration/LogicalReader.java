package io.holdfast.scheduler.configuration;

import io.holdfast.events.definition.LogicalDumps;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code logical} of a target. What the patterns match, only the server knows. */
final class LogicalReader {

    static final List<String> KEYS = List.of(
            "jobs",
            "databases",
            "exclude_databases",
            "schemas",
            "exclude_schemas",
            "tables",
            "exclude_tables",
            "exclude_table_data");

    private static final int MOST_JOBS = 8;
    private static final int LONGEST_PATTERN = 1000;

    /** So that an event stays below 256 KiB. Bytes. */
    private static final long LONGEST_PATTERNS = 64 * 1024;

    private LogicalReader() {}

    static LogicalDumps read(Section section) {
        Integer jobs = section.values().containsKey("jobs") ? section.integer("jobs", 1, MOST_JOBS, 1) : null;
        LogicalDumps dumps = new LogicalDumps(
                jobs,
                patterns(section, "databases"),
                patterns(section, "exclude_databases"),
                patterns(section, "schemas"),
                patterns(section, "exclude_schemas"),
                patterns(section, "tables"),
                patterns(section, "exclude_tables"),
                patterns(section, "exclude_table_data"));
        requireFew(section, dumps);
        return dumps;
    }

    private static @Nullable List<String> patterns(Section section, String key) {
        if (!section.values().containsKey(key)) {
            return null;
        }
        if (section.values().get(key) instanceof SequenceNode list
                && list.getValue().isEmpty()) {
            section.problems()
                    .add(
                            section.where(key),
                            section.path(key) + " names nothing",
                            "leave the key out, or name something");
        }
        return section.texts(
                key,
                LogicalReader::fault,
                "write patterns as pg_dump takes them, such as shop, \"shop_*\" or '\"Odd name\"'");
    }

    private static Optional<String> fault(String pattern) {
        if (pattern.chars().filter(c -> c == '"').count() % 2 != 0) {
            return Optional.of("has a double quote without its partner: " + Section.shortened(pattern));
        }
        if (pattern.indexOf(0) >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(pattern)) {
            return Optional.of("has a character that no name has");
        }
        return pattern.length() > LONGEST_PATTERN
                ? Optional.of("is longer than " + LONGEST_PATTERN + " characters: " + Section.shortened(pattern))
                : Optional.empty();
    }

    private static void requireFew(Section section, LogicalDumps dumps) {
        long bytes = Stream.of(
                        dumps.databases(),
                        dumps.excludeDatabases(),
                        dumps.schemas(),
                        dumps.excludeSchemas(),
                        dumps.tables(),
                        dumps.excludeTables(),
                        dumps.excludeTableData())
                .flatMap(patterns -> Stream.ofNullable(patterns).flatMap(List::stream))
                .mapToLong(pattern -> pattern.getBytes(StandardCharsets.UTF_8).length + 8L)
                .sum();
        if (bytes > LONGEST_PATTERNS) {
            section.problems()
                    .add(
                            section.where("databases"),
                            "the patterns are longer than 64 KiB in all",
                            "write fewer, with * in them");
        }
    }
}
