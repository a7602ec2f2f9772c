package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RestoreDestination.Table;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.logical.DumpContents.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The entries of a dump that a selection means. A schema means everything in it. A table means its rows, defaults, indexes,
 * constraints, triggers, rules, policies, statistics, comments and rights, the sequences that it owns, and its partitions
 * with theirs; what {@code pg_restore --table} leaves out. Pure.
 *
 * @param chosen in the order of the archive
 * @param needed what the chosen ones need of what is not chosen
 */
record ChosenEntries(List<Entry> chosen, List<Entry> needed) {
    /** What can be named as a table. */
    private static final Set<String> RELATIONS =
            Set.of("TABLE", "FOREIGN TABLE", "VIEW", "MATERIALIZED VIEW", "SEQUENCE");

    /** They belong to the table whose name theirs begins with. */
    private static final Set<String> PARTS_BY_NAME = Set.of(
            "DEFAULT",
            "CONSTRAINT",
            "CHECK CONSTRAINT",
            "FK CONSTRAINT",
            "RULE",
            "TRIGGER",
            "POLICY",
            "ROW SECURITY",
            "TABLE DATA",
            "MATERIALIZED VIEW DATA");

    /** They belong to whatever they need. */
    private static final Set<String> PARTS = Set.of(
            "INDEX",
            "STATISTICS",
            "STATISTICS DATA",
            "SEQUENCE OWNED BY",
            "SEQUENCE SET",
            "COMMENT",
            "ACL",
            "SECURITY LABEL");

    private static final String SCHEMA = "SCHEMA";

    ChosenEntries {
        chosen = List.copyOf(chosen);
        needed = List.copyOf(needed);
    }

    /**
     * Chooses.
     *
     * @param existingSchemas of the destination: they are used as they are, with their own owner and rights
     * @throws RestoreException if the dump does not hold what is named
     */
    static ChosenEntries of(DumpContents dump, Selection selection, Set<String> existingSchemas)
            throws RestoreException {
        Choice choice = new Choice(dump, existingSchemas);
        for (String schema : selection.schemas()) {
            choice.schema(schema);
        }
        for (Table table : selection.tables()) {
            choice.table(table);
        }
        choice.complete();
        return choice.made();
    }

    /** Schemas that have to be there, since they are not chosen themselves. */
    Set<String> neededSchemas() {
        Set<String> schemas =
                chosen.stream().flatMap(each -> each.schema().stream()).collect(Collectors.toCollection(TreeSet::new));
        chosen.stream().filter(each -> each.kind().equals(SCHEMA)).forEach(each -> schemas.remove(each.name()));
        return schemas;
    }

    /** Tables that are made, of which the rows can be counted. */
    Set<Table> tables() {
        return chosen.stream()
                .filter(each -> each.kind().equals("TABLE"))
                .map(each -> new Table(each.schema().orElse(""), each.name()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** What {@code pg_restore --use-list} reads. */
    String list() {
        return chosen.stream().map(each -> each.id() + ";\n").collect(Collectors.joining());
    }

    /** Making of one choice. */
    private static final class Choice {
        private final DumpContents dump;
        private final Set<String> existingSchemas;
        private final Map<Integer, Entry> byId = new HashMap<>();
        private final Set<Integer> ids = new HashSet<>();

        Choice(DumpContents dump, Set<String> existingSchemas) {
            this.dump = dump;
            this.existingSchemas = existingSchemas;
            dump.entries().forEach(each -> byId.put(each.id(), each));
        }

        void schema(String name) throws RestoreException {
            boolean found = false;
            for (Entry each : dump.entries()) {
                boolean itself = each.kind().equals(SCHEMA) && each.name().equals(name);
                boolean within = each.schema().filter(name::equals).isPresent();
                found |= itself || within;
                boolean wanted = existingSchemas.contains(name)
                        ? within && !each.kind().equals("DEFAULT ACL")
                        : itself || within;
                if (wanted && !each.kind().startsWith("PUBLICATION")) {
                    ids.add(each.id());
                }
            }
            if (!found) {
                throw absent(
                        "schema " + name,
                        dump.entries().stream()
                                .filter(each -> each.kind().equals(SCHEMA))
                                .map(Entry::name));
            }
        }

        void table(Table table) throws RestoreException {
            List<Integer> found = dump.entries().stream()
                    .filter(each -> RELATIONS.contains(each.kind()) && isAt(each, table))
                    .map(Entry::id)
                    .toList();
            if (found.isEmpty()) {
                throw absent(
                        "table " + table.schema() + "." + table.name(),
                        dump.entries().stream()
                                .filter(each -> RELATIONS.contains(each.kind())
                                        && (each.name().equals(table.name())
                                                || each.schema()
                                                        .filter(table.schema()::equals)
                                                        .isPresent()))
                                .map(each -> each.schema().orElse("") + "." + each.name()));
            }
            ids.addAll(found);
        }

        /** Adds what belongs to what is chosen, until nothing more does. */
        void complete() {
            boolean more = true;
            while (more) {
                more = false;
                for (Entry each : dump.entries()) {
                    more |= !ids.contains(each.id()) && addIfPart(each);
                }
            }
        }

        private boolean addIfPart(Entry entry) {
            if (entry.kind().endsWith(" ATTACH")) {
                // A partition comes with its table, and is attached to it either way; what it is attached to comes
                // last.
                return entry.needs().stream().anyMatch(ids::contains) && attach(entry);
            }
            boolean belongs = entry.needs().stream()
                    .filter(ids::contains)
                    .map(byId::get)
                    .anyMatch(owner -> owner != null && isPart(entry, owner));
            return belongs && ids.add(entry.id());
        }

        private boolean attach(Entry entry) {
            boolean table =
                    entry.kind().equals("TABLE ATTACH") && !entry.needs().isEmpty();
            if (table && byId.containsKey(entry.needs().getFirst())) {
                ids.add(entry.needs().getFirst());
            }
            return ids.add(entry.id());
        }

        private static boolean isPart(Entry entry, Entry owner) {
            if (PARTS_BY_NAME.contains(entry.kind())) {
                return entry.schema().equals(owner.schema())
                        && RELATIONS.contains(owner.kind())
                        && (entry.name().equals(owner.name()) || entry.name().startsWith(owner.name() + " "));
            }
            // Of a schema these are comment and rights alone; sequences need the table that owns them.
            return PARTS.contains(entry.kind())
                    || (entry.kind().equals("SEQUENCE") && RELATIONS.contains(owner.kind()));
        }

        private static boolean isAt(Entry entry, Table table) {
            return entry.name().equals(table.name())
                    && entry.schema().filter(table.schema()::equals).isPresent();
        }

        ChosenEntries made() {
            List<Entry> chosen = new ArrayList<>();
            Set<Integer> needed = new LinkedHashSet<>();
            for (Entry each : dump.entries()) {
                if (ids.contains(each.id())) {
                    chosen.add(each);
                    each.needs().stream().filter(id -> !ids.contains(id)).forEach(needed::add);
                }
            }
            return new ChosenEntries(
                    chosen,
                    needed.stream()
                            .flatMap(id -> Stream.ofNullable(byId.get(id)))
                            .toList());
        }

        private static RestoreException absent(String what, Stream<String> others) {
            return new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "the dump holds no " + what + ".",
                    "names are taken as they are, upper and lower case too; there are: "
                            + others.limit(20).collect(Collectors.joining(", ")) + ".",
                    null);
        }
    }
}
