package io.holdfast.restore.extract;

import io.holdfast.events.request.RestoreDestination.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Tells {@code pg_dump} whose rows are not wanted, the largest tables first. It need not be told of all: rows that it dumps and
 * nobody chose are passed over when they are loaded, and a command has an end.
 */
final class OtherTables {
    private static final String BY_SIZE = """
            select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
            order by c.relpages desc, c.oid""";

    /** Characters; Linux takes 2 MiB of arguments in all. */
    private static final int MOST_ARGUMENTS = 256 << 10;

    private OtherTables() {}

    /** Arguments that leave out the rows of tables other than those. */
    static List<String> leftOut(Connection database, Set<Table> wanted) throws SQLException {
        List<String> arguments = new ArrayList<>();
        int length = 0;
        try (Statement statement = database.createStatement();
                ResultSet found = statement.executeQuery(BY_SIZE)) {
            while (found.next() && length < MOST_ARGUMENTS) {
                Table table = new Table(found.getString(1), found.getString(2));
                if (!wanted.contains(table) && isPlain(table.schema()) && isPlain(table.name())) {
                    String argument = "--exclude-table-data=" + quoted(table.schema()) + "." + quoted(table.name());
                    arguments.add(argument);
                    length += argument.length();
                }
            }
        }
        return arguments;
    }

    /** In arguments other characters may become others, and a pattern the name of another table. */
    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** Between quotes nothing of a pattern means anything else than itself. */
    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
