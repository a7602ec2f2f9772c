package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.logical.DumpContents.Entry;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether what was chosen goes into a database that has other things: all that it needs is there, and nothing of itself. */
final class SelectionFit {
    private static final int MOST_NAMED = 20;

    private SelectionFit() {}

    /** What of a dump is chosen there. */
    static ChosenEntries of(DumpContents dump, Selection selection, DestinationObjects there)
            throws RestoreException, SQLException {
        Set<String> schemas = there.schemas();
        ChosenEntries chosen = ChosenEntries.of(dump, selection, schemas);
        Set<String> lacking = new TreeSet<>();
        chosen.neededSchemas().stream()
                .filter(name -> !schemas.contains(name))
                .forEach(name -> lacking.add("schema " + name));
        there.absent(chosen.needed()).forEach(each -> lacking.add(described(each)));
        if (!lacking.isEmpty()) {
            throw lacks(lacking);
        }
        return chosen;
    }

    /** Refuses tables that are there, and those whose schema is not, before there is a dump to look at. */
    static void requireRoom(String database, Selection selection, DestinationObjects there)
            throws RestoreException, SQLException {
        List<Entry> named = selection.tables().stream()
                .map(table -> new Entry(0, "TABLE", table.name(), Optional.of(table.schema()), List.of()))
                .toList();
        Set<String> schemas = there.schemas();
        Set<String> lacking = named.stream()
                .flatMap(each -> each.schema().stream())
                .filter(schema ->
                        !schemas.contains(schema) && !selection.schemas().contains(schema))
                .map(schema -> "schema " + schema)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!lacking.isEmpty()) {
            throw lacks(lacking);
        }
        for (Entry each : named) {
            if (!there.present(List.of(each)).isEmpty()) {
                throw isThere(database, List.of(each));
            }
        }
    }

    private static RestoreException lacks(Set<String> lacking) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                "what is to be restored needs what the database lacks: " + listed(lacking.stream()) + ".",
                "make it there first, or restore it too (schemas, tables); nothing was changed.");
    }

    /** Refuses to overwrite. */
    static RestoreException isThere(String database, List<Entry> present) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                "database " + database + " has already what is to be restored: "
                        + listed(present.stream().map(SelectionFit::described)) + ".",
                "nothing is overwritten: rename or drop these, or restore into another database; nothing was changed.");
    }

    private static String listed(Stream<String> names) {
        List<String> all = names.toList();
        String first = all.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        return all.size() > MOST_NAMED ? first + " and " + (all.size() - MOST_NAMED) + " more" : first;
    }

    private static String described(Entry entry) {
        return entry.kind().toLowerCase(Locale.ROOT) + " "
                + entry.schema().map(schema -> schema + ".").orElse("") + entry.name();
    }
}
