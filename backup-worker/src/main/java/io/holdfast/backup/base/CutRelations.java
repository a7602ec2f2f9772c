package io.holdfast.backup.base;

import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SqlSession;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.wal.Lsn;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Relations that were cut since an earlier backup, as by a vacuum, and may have grown again: of those a server does not
 * reliably say what has changed. It puts its WAL summaries together in the order in which its file system lists them; where
 * one that says "cut to 4 pages" comes behind a later one that says "page 7 is new", page 7 is forgotten.
 *
 * @see <a href="https://www.postgresql.org/docs/17/functions-info.html#FUNCTIONS-INFO-WAL-SUMMARY">WAL summarization
 *     functions</a>, and {@code PrepareForIncrementalBackup} in {@code basebackup_incremental.c}
 */
final class CutRelations {
    /** About 30 MB of memory. */
    private static final int MOST = 200_000;

    private static final String CUT =
            "select distinct c.reltablespace, c.reldatabase, c.relfilenode from %s s cross join lateral"
                    + " pg_wal_summary_contents(s.tli, s.start_lsn, s.end_lsn) c"
                    + " where c.is_limit_block and c.relblocknumber > 0 limit " + (MOST + 1);

    private final Set<RelationFile.Relation> cut;
    private final int timeline;
    private final Lsn seen;

    CutRelations(Set<RelationFile.Relation> cut, int timeline, Lsn seen) {
        this.cut = cut;
        this.timeline = timeline;
        this.seen = seen;
    }

    /** A server cannot be asked for changes, for a reason. */
    static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1;

        private TooManyException() {
            super("more than " + MOST + " relations were cut since the parent");
        }
    }

    /**
     * Asks a server what its summaries say that were made until now.
     *
     * @param timeline the server's
     * @param since where the parent's log begins
     */
    static CutRelations since(SqlSession session, int timeline, Lsn since)
            throws ReplicationException, TooManyException {
        // Of all timelines: the server reads those of the newest first, so their order is wrong as well.
        String relevant = "(select * from pg_available_wal_summaries() where end_lsn > '" + since + "')";
        // Before the contents: what comes in between is looked at twice rather than not at all.
        List<List<@Nullable String>> end = session.query(
                "select max(end_lsn) from " + relevant + " s where tli = " + Integer.toUnsignedString(timeline));
        String last = end.getFirst().getFirst();
        return new CutRelations(
                relations(session.query(CUT.formatted(relevant))), timeline, last == null ? since : Lsn.parse(last));
    }

    private static Set<RelationFile.Relation> relations(List<List<@Nullable String>> rows) throws TooManyException {
        if (rows.size() > MOST) {
            throw new TooManyException();
        }
        Set<RelationFile.Relation> found = new HashSet<>();
        for (List<@Nullable String> row : rows) {
            found.add(new RelationFile.Relation(oid(row.get(0)), oid(row.get(1)), oid(row.get(2))));
        }
        return found;
    }

    private static long oid(@Nullable String text) {
        return Long.parseLong(Objects.requireNonNull(text, "the functions give no null"));
    }

    /** Whether a file belongs to one of them. */
    boolean have(FilePath path) {
        return RelationFile.of(path, 1)
                .map(file -> cut.contains(file.relation()))
                .orElse(false);
    }

    int count() {
        return cut.size();
    }

    /**
     * Why what the server sends cannot be relied on, if so: a relation was cut only after {@link #since} and before the
     * backup's start, with another summary behind that. In the last summary itself everything is in order.
     *
     * @param start the backup's start; the server has summaries up to there by then
     */
    Optional<String> doubt(SqlSession session, Lsn start) throws ReplicationException, TooManyException {
        String unseenButLast = "(select u.* from (select a.*, row_number() over (order by a.start_lsn desc) as place"
                + " from pg_available_wal_summaries() a where a.tli = " + Integer.toUnsignedString(timeline)
                + " and a.start_lsn >= '" + seen + "' and a.start_lsn < '" + start + "') u where u.place > 1)";
        Set<RelationFile.Relation> since = relations(session.query(CUT.formatted(unseenButLast)));
        since.removeAll(cut);
        return since.isEmpty()
                ? Optional.empty()
                : Optional.of(since.size() + " relations were cut while the backup began, of which the server may not"
                        + " tell all that has changed");
    }
}
