package io.holdfast.events.request;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a drill has to find in the restored cluster, beside what it always looks at.
 *
 * @param sql          statements, each giving one value
 * @param roles        roles that have to be there
 * @param extensions   extensions that have to be there
 * @param rows         how many rows tables have to have
 * @param smokeCommand a program with its arguments, run beside the restored server: it has no network, and finds the server
 *                     by {@code PGHOST}, {@code PGPORT} and {@code PGUSER}; has to exit with 0; absent: none
 */
public record DrillChecks(
        List<SqlCheck> sql,
        List<String> roles,
        List<Extension> extensions,
        List<Rows> rows,
        @Nullable List<String> smokeCommand) {

    /** Nothing beside what is always looked at. */
    public static final DrillChecks NONE = new DrillChecks(List.of(), List.of(), List.of(), List.of(), null);

    public DrillChecks {
        sql = List.copyOf(sql);
        roles = List.copyOf(roles);
        extensions = List.copyOf(extensions);
        rows = List.copyOf(rows);
        smokeCommand = smokeCommand == null ? null : List.copyOf(smokeCommand);
    }

    /**
     * An extension that has to be there.
     *
     * @param database where; absent: in any database
     * @param name     as in {@code pg_extension}
     */
    public record Extension(@Nullable String database, String name) {}

    /**
     * How many rows a table has to have.
     *
     * @param database where it is; absent: the first database that is not a template
     * @param table    its name, with its schema, quoted as in SQL where that is needed
     * @param atLeast  no fewer; absent: no matter
     * @param exactly  just as many; absent: no matter
     */
    public record Rows(
            @Nullable String database,
            String table,
            @Nullable Long atLeast,
            @Nullable Long exactly) {}
}
