package io.holdfast.cli.e2e;

import io.holdfast.cli.demo.LogPosition;
import io.holdfast.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is known, outside of the database, of ticks that were committed one after the other. Numbers are given once, also to
 * ticks of which nobody heard again. Written by one thread at a time, and read when nobody writes.
 */
final class Ticks {
    private final List<Tick> all = new ArrayList<>();
    private final List<Point> points = new ArrayList<>();
    private long last;

    /**
     * A tick that was committed, as the server told.
     *
     * @param before a position before its commit record and behind everything else of it
     * @param after a position behind its commit record and before anything of the next tick
     * @param lives whether servers that were promoted later have it too; else it was on a server that died with it
     */
    record Tick(
            long id,
            long xid,
            Instant committed,
            @Nullable LogPosition before,
            @Nullable LogPosition after,
            int timeline,
            boolean lives) {

        /** The bytes between the two positions; of a tick whose server died before it could tell, as many as can be. */
        long commitBytes() {
            return before == null || after == null ? Long.MAX_VALUE : after.value() - before.value();
        }

        boolean beginsBehind(LogPosition position) {
            return before != null && before.compareTo(position) >= 0;
        }

        boolean endsBehind(LogPosition position) {
            return after != null && after.compareTo(position) > 0;
        }
    }

    /** A named point in the log: behind a tick, and before the next one. */
    record Point(String name, long behind) {}

    /** The number of a new tick. */
    long next() {
        return ++last;
    }

    /** The last number that was given. */
    long last() {
        return last;
    }

    void committed(Tick tick) {
        all.add(tick);
    }

    void named(String name) {
        points.add(new Point(name, last));
    }

    /** A server took the place of one that died: what it has is what goes on. */
    void goesOnWith(PostgresServer promoted, int timeline) throws SQLException {
        Map<Long, Tick> there = new TreeMap<>();
        try (Connection connection = promoted.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select id, xmin::text, pg_xact_commit_timestamp(xmin) from tick order by id")) {
            while (rows.next()) {
                there.put(
                        rows.getLong(1),
                        new Tick(
                                rows.getLong(1),
                                Long.parseLong(rows.getString(2)),
                                rows.getObject(3, OffsetDateTime.class).toInstant(),
                                null,
                                null,
                                timeline,
                                true));
            }
        }
        for (int i = 0; i < all.size(); i++) {
            Tick known = all.get(i);
            if (there.remove(known.id()) == null && known.lives()) {
                all.set(
                        i,
                        new Tick(
                                known.id(),
                                known.xid(),
                                known.committed(),
                                known.before(),
                                known.after(),
                                known.timeline(),
                                false));
            }
        }
        // It took these, and died before it could say so.
        all.addAll(there.values());
    }

    /** All that the newest primary has, oldest first. */
    List<Tick> alive() {
        return all.stream().filter(Tick::lives).toList();
    }

    /** How many were told to be committed and are not on any server that lived on. */
    long died() {
        return all.stream().filter(tick -> !tick.lives()).count();
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    /** The numbers of those that live and are meant. */
    List<Long> ids(Predicate<Tick> kept) {
        return alive().stream().filter(kept).map(Tick::id).toList();
    }

    /** The first whose commit lies behind a position. */
    Tick firstBehind(LogPosition position) {
        return alive().stream()
                .filter(tick -> tick.beginsBehind(position))
                .findFirst()
                .orElseThrow();
    }

    /** The length of a commit record alone, with nothing beside it and no page's end in it. */
    long commitRecord() {
        return alive().stream().mapToLong(Tick::commitBytes).min().orElseThrow();
    }
}
