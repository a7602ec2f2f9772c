package io.holdfast.events.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the logical backups of a target hold, and how many databases are dumped at once. Patterns are those of
 * {@code pg_dump}: letters are lower case and {@code *} and {@code ?} stand for others, except between double quotes.
 *
 * @param jobs             databases dumped at the same time; absent: 2
 * @param databases        patterns of databases to dump; absent: all
 * @param excludeDatabases patterns of databases to leave out
 * @param schemas          in each database, patterns of schemas to dump; absent: all
 * @param excludeSchemas   patterns of schemas to leave out
 * @param tables           patterns of tables to dump; absent: all
 * @param excludeTables    patterns of tables to leave out
 * @param excludeTableData patterns of tables to dump without their rows
 */
public record LogicalDumps(
        @Nullable Integer jobs,
        @Nullable List<String> databases,
        @Nullable List<String> excludeDatabases,
        @Nullable List<String> schemas,
        @Nullable List<String> excludeSchemas,
        @Nullable List<String> tables,
        @Nullable List<String> excludeTables,
        @Nullable List<String> excludeTableData) {

    public LogicalDumps {
        databases = copy(databases);
        excludeDatabases = copy(excludeDatabases);
        schemas = copy(schemas);
        excludeSchemas = copy(excludeSchemas);
        tables = copy(tables);
        excludeTables = copy(excludeTables);
        excludeTableData = copy(excludeTableData);
    }

    private static @Nullable List<String> copy(@Nullable List<String> patterns) {
        return patterns == null ? null : List.copyOf(patterns);
    }
}
