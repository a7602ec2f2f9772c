package io.holdfast.restore.logical;

import io.holdfast.restore.logical.DumpContents.Entry;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What of a dump's entries a database has already. For one thread. */
sealed interface DestinationObjects {
    /** Those among the entries that are there. Of some kinds that cannot be told: they never are. */
    List<Entry> present(List<Entry> entries) throws SQLException;

    /** Those among the entries that are not. Of some kinds that cannot be told: they never lack. */
    List<Entry> absent(List<Entry> entries) throws SQLException;

    /** The names of its schemas. */
    Set<String> schemas() throws SQLException;

    /** A database that is not there yet. */
    record OfNewDatabase() implements DestinationObjects {
        @Override
        public List<Entry> present(List<Entry> entries) {
            return List.of();
        }

        @Override
        public List<Entry> absent(List<Entry> entries) {
            return entries.stream()
                    .filter(each -> OfDatabase.KINDS.containsKey(each.kind()))
                    .toList();
        }

        @Override
        public Set<String> schemas() {
            return Set.of("public", "pg_catalog", "information_schema");
        }
    }

    /** A database, over a session that is in it, with {@code search_path} set to {@code pg_catalog}. */
    record OfDatabase(Connection session) implements DestinationObjects {
        private static final String RELATIONS = """
                select w.id from unnest(?::int[], ?::text[], ?::text[]) as w(id, nsp, name)
                where exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                              where n.nspname = w.nsp and c.relname = w.name)""";
        private static final String TYPES = """
                select w.id from unnest(?::int[], ?::text[], ?::text[]) as w(id, nsp, name)
                where exists (select from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
                              where n.nspname = w.nsp and t.typname = w.name)""";
        private static final String FUNCTIONS = """
                select w.id from unnest(?::int[], ?::text[], ?::text[]) as w(id, nsp, name)
                where exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                              where n.nspname = w.nsp and p.proname || '(' || coalesce(
                                  (select string_agg(pg_catalog.format_type(a.type, null), ', ' order by a.place)
                                   from unnest(p.proargtypes::oid[]) with ordinality as a(type, place)), '') || ')' = w.name)""";
        private static final String SCHEMAS = """
                select w.id from unnest(?::int[], ?::text[], ?::text[]) as w(id, nsp, name)
                where exists (select from pg_catalog.pg_namespace n where n.nspname = w.name)""";
        private static final String EXTENSIONS = """
                select w.id from unnest(?::int[], ?::text[], ?::text[]) as w(id, nsp, name)
                where exists (select from pg_catalog.pg_extension e where e.extname = w.name)""";

        /** How each kind is looked for. Others are noticed by the server, in the transaction that loads. */
        private static final Map<String, String> KINDS = Map.ofEntries(
                Map.entry("TABLE", RELATIONS),
                Map.entry("FOREIGN TABLE", RELATIONS),
                Map.entry("VIEW", RELATIONS),
                Map.entry("MATERIALIZED VIEW", RELATIONS),
                Map.entry("SEQUENCE", RELATIONS),
                Map.entry("INDEX", RELATIONS),
                Map.entry("TYPE", TYPES),
                Map.entry("DOMAIN", TYPES),
                Map.entry("FUNCTION", FUNCTIONS),
                Map.entry("PROCEDURE", FUNCTIONS),
                Map.entry("SCHEMA", SCHEMAS),
                Map.entry("EXTENSION", EXTENSIONS));

        @Override
        public List<Entry> present(List<Entry> entries) throws SQLException {
            return ofKnownKinds(entries, found(entries)::contains);
        }

        @Override
        public List<Entry> absent(List<Entry> entries) throws SQLException {
            Set<Integer> found = found(entries);
            return ofKnownKinds(entries, id -> !found.contains(id));
        }

        private static List<Entry> ofKnownKinds(List<Entry> entries, Predicate<Integer> wanted) {
            return entries.stream()
                    .filter(each -> KINDS.containsKey(each.kind()) && wanted.test(each.id()))
                    .toList();
        }

        private Set<Integer> found(List<Entry> entries) throws SQLException {
            Set<Integer> ids = new HashSet<>();
            for (String look : new HashSet<>(KINDS.values())) {
                List<Entry> ofKind = entries.stream()
                        .filter(each -> look.equals(KINDS.get(each.kind())))
                        .toList();
                if (!ofKind.isEmpty()) {
                    find(look, ofKind, ids);
                }
            }
            return ids;
        }

        private void find(String look, List<Entry> entries, Set<Integer> ids) throws SQLException {
            try (PreparedStatement statement = session.prepareStatement(look)) {
                statement.setArray(
                        1, array("int4", entries.stream().map(Entry::id).toArray()));
                statement.setArray(
                        2,
                        array(
                                "text",
                                entries.stream()
                                        .map(each -> each.schema().orElse(""))
                                        .toArray()));
                statement.setArray(
                        3, array("text", entries.stream().map(Entry::name).toArray()));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        ids.add(rows.getInt(1));
                    }
                }
            }
        }

        private Array array(String type, Object[] values) throws SQLException {
            return session.createArrayOf(type, values);
        }

        @Override
        public Set<String> schemas() throws SQLException {
            Set<String> names = new HashSet<>();
            try (PreparedStatement statement = session.prepareStatement("select nspname from pg_catalog.pg_namespace");
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return names;
        }
    }
}
