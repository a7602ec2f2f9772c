package io.holdfast.backup.dump;

import io.holdfast.backup.source.DatabaseList;
import io.holdfast.backup.source.DatabaseList.Database;
import io.holdfast.backup.source.UnusableDefinitionException;
import io.holdfast.events.definition.LogicalDumps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which databases are dumped, what of each, and how many at once. Pure.
 *
 * @param wanted as the target defines it
 */
public record DumpSelection(LogicalDumps wanted) {
    /** Everything. */
    public static final DumpSelection ALL =
            new DumpSelection(new LogicalDumps(null, null, null, null, null, null, null, null));

    private static final int JOBS = 2;
    // Each holds a frame of the writer's memory, of which there are at least fifteen.
    private static final int MOST_JOBS = 8;

    /** As a target defines it; everything where it does not. */
    public static DumpSelection of(@Nullable LogicalDumps defined) {
        return defined == null ? ALL : new DumpSelection(defined);
    }

    /** How many databases are dumped at the same time, at most 8. */
    int jobs() {
        return Math.clamp(Objects.requireNonNullElse(wanted.jobs(), JOBS), 1, MOST_JOBS);
    }

    /**
     * The databases to dump.
     *
     * @throws UnusableDefinitionException if a pattern matches none, or none remains
     */
    List<Database> databases(DatabaseList server) throws UnusableDefinitionException {
        List<Pattern> excluded = patterns(wanted.excludeDatabases());
        List<Pattern> included = patterns(wanted.databases());
        for (int i = 0; i < included.size(); i++) {
            Pattern pattern = included.get(i);
            if (server.databases().stream().noneMatch(each -> matches(pattern, each.name()))) {
                throw new UnusableDefinitionException(
                        "No database matches " + list(wanted.databases()).get(i) + " of logical.databases"
                                + (server.leftOut().keySet().stream().anyMatch(name -> matches(pattern, name))
                                        ? " that can be dumped."
                                        : "."),
                        "Correct the target: letters are lower case unless they stand between double quotes. There are "
                                + names(server.databases().stream().map(Database::name)) + ".");
            }
        }
        List<Database> chosen = server.databases().stream()
                .filter(each -> included.isEmpty() || anyMatches(included, each.name()))
                .filter(each -> !anyMatches(excluded, each.name()))
                .toList();
        if (chosen.isEmpty()) {
            throw new UnusableDefinitionException(
                    "No database remains to be dumped.", "Exclude fewer in logical.exclude_databases of the target.");
        }
        return chosen;
    }

    /** Whether a database is left out on purpose. */
    boolean excludes(String database) {
        List<Pattern> included = patterns(wanted.databases());
        return !(included.isEmpty() || anyMatches(included, database))
                || anyMatches(patterns(wanted.excludeDatabases()), database);
    }

    /** What is left out within databases, for people; empty if nothing is. */
    String within() {
        return Stream.of(
                        said("only schemas ", wanted.schemas()),
                        said("not schemas ", wanted.excludeSchemas()),
                        said("only tables ", wanted.tables()),
                        said("not tables ", wanted.excludeTables()),
                        said("no rows of ", wanted.excludeTableData()))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
    }

    /** The arguments of {@code pg_dump} for it: one for each pattern, joined to its option, so that none is an option itself. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        add(arguments, "--schema=", wanted.schemas());
        add(arguments, "--table=", wanted.tables());
        if (!arguments.isEmpty()) {
            arguments.add("--strict-names");
        }
        add(arguments, "--exclude-schema=", wanted.excludeSchemas());
        add(arguments, "--exclude-table=", wanted.excludeTables());
        add(arguments, "--exclude-table-data=", wanted.excludeTableData());
        return arguments;
    }

    private static void add(List<String> arguments, String option, @Nullable List<String> patterns) {
        list(patterns).forEach(each -> arguments.add(option + new NamePattern(each).inAscii()));
    }

    private static String said(String what, @Nullable List<String> patterns) {
        return list(patterns).isEmpty() ? "" : what + String.join(", ", list(patterns));
    }

    private static List<Pattern> patterns(@Nullable List<String> texts) {
        return list(texts).stream()
                .map(text -> new NamePattern(text).ofWholeName())
                .toList();
    }

    private static List<String> list(@Nullable List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private static boolean anyMatches(List<Pattern> patterns, String name) {
        return patterns.stream().anyMatch(each -> matches(each, name));
    }

    private static boolean matches(Pattern pattern, String name) {
        return pattern.matcher(name).matches();
    }

    private static String names(Stream<String> names) {
        return names.limit(20).collect(Collectors.joining(", "));
    }
}
