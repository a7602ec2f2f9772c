package io.holdfast.restore;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.window.WalTime;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A server in which ticks are committed one by one; a ledger outside of it notes when and where each was. Its log is stored as
 * a stream of it would be: whole segments, the last one as far as it is written, and samples of its time. Segments have 1 MiB.
 */
public final class TickingCluster implements AutoCloseable {
    public static final TargetName TARGET = new TargetName("orders");
    private static final int SEGMENT = 1 << 20;

    private final PostgresServer server;
    private final Repository repository;
    private final Path work;
    private final List<Tick> ledger = new ArrayList<>();
    private @Nullable Place place;
    private @Nullable Lsn damaged;
    private int timeline = 1;
    private long next = 1;
    private long nextSegment;

    /**
     * A committed tick.
     *
     * @param committed by the server's own word
     * @param after a position behind its commit, and before anything of the next tick
     */
    public record Tick(long id, long xid, Instant committed, Lsn after, int timeline) {}

    private TickingCluster(PostgresServer server, Repository repository, Path work) {
        this.server = server;
        this.repository = repository;
        this.work = work;
    }

    /** Starts it. */
    public static TickingCluster start(int major, Repository repository, Path work) {
        PostgresServer server = PostgresServer.of(major)
                .initdb("--wal-segsize=1")
                .setting("track_commit_timestamp", "on")
                .setting("wal_keep_size", "1GB")
                .setting("autovacuum", "off")
                .start();
        server.execute("postgres", "create table tick (id bigint primary key, load text)");
        return new TickingCluster(server, repository, work);
    }

    /** Commits so many ticks, each in a transaction of its own, with so many bytes of log beside. */
    public void tick(int count, int load) throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < count; i++) {
                connection.setAutoCommit(false);
                long id = next++;
                statement.execute("insert into tick values (" + id + ", repeat('x', 10))");
                if (load > 0) {
                    statement.execute("select pg_logical_emit_message(false, 'load', repeat('x', " + load + "))");
                }
                long xid = Long.parseLong(one(statement, "select pg_current_xact_id()"));
                connection.commit();
                connection.setAutoCommit(true);
                Lsn after = Lsn.parse(one(statement, "select pg_current_wal_insert_lsn()"));
                Instant committed = commitTime(statement, xid);
                ledger.add(new Tick(id, xid, committed, after, timeline));
            }
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private static Instant commitTime(Statement statement, long xid) throws SQLException {
        try (ResultSet found = statement.executeQuery("select pg_xact_commit_timestamp('" + xid + "'::xid)")) {
            found.next();
            return found.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    public void namePoint(String name) {
        server.execute("postgres", "select pg_create_restore_point('" + name + "')");
    }

    /** The server itself, for what else a test does there. */
    public PostgresServer server() {
        return server;
    }

    public void execute(String sql) {
        server.execute("postgres", sql);
    }

    public void executeIn(String database, String sql) {
        server.execute(database, sql);
    }

    /** The first column of the first row, as text. */
    public String query(String database, String sql) {
        return server.query(database, sql);
    }

    /** A folder for tablespaces, removed with the server. */
    public Path newFolder(String name) {
        return server.newFolder(name);
    }

    public Path directory() {
        return server.dataDirectory();
    }

    public void stop() {
        server.stop();
    }

    public void start() {
        server.start();
    }

    public TargetPlace backUp(BackupId id) throws SQLException, IOException {
        TargetPlace made = SourceCluster.backUp(server, repository, id, work, connection -> {});
        if (nextSegment == 0) {
            BackupContent.Physical content =
                    (BackupContent.Physical) made.read(id).manifest().details().content();
            nextSegment = content.wal().stopLsn().plus(-1).segmentNumber(SEGMENT) + 1;
        }
        return made;
    }

    /** From now on a byte of the log is another one where it is stored, as a server with bad memory writes it. */
    public void damage(Lsn at) {
        damaged = at;
    }

    /** Stores the log up to where it is flushed now, and nothing about the time. */
    public void archiveUnsampled() throws IOException {
        archive(Lsn.parse(server.query("postgres", "select pg_current_wal_flush_lsn()")));
    }

    /** Stores the log up to where it is flushed now, and the server's time. */
    public void archive() throws SQLException, IOException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            Instant time;
            Lsn flushed;
            try (ResultSet now = statement.executeQuery("select clock_timestamp(), pg_current_wal_flush_lsn()")) {
                now.next();
                time = now.getObject(1, OffsetDateTime.class).toInstant();
                flushed = Lsn.parse(now.getString(2));
            }
            archive(flushed);
            repository.walTimes(TARGET, place()).add(timeline, List.of(new WalTime(time, flushed)));
        }
    }

    private void archive(Lsn end) throws IOException {
        WalArchive archive = repository.at(TARGET, place()).wal(work);
        while (nextSegment < end.segmentNumber(SEGMENT)) {
            store(archive, nextSegment++, SEGMENT);
        }
        if (end.segmentOffset(SEGMENT) > 0) {
            store(archive, nextSegment, end.segmentOffset(SEGMENT));
        }
    }

    private void store(WalArchive archive, long number, int length) throws IOException {
        byte[] bytes = new byte[length];
        Path file = server.dataDirectory()
                .resolve("pg_wal")
                .resolve(WalSegmentName.of(timeline, number, SEGMENT).value());
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.readFully(bytes);
        }
        Lsn first = new Lsn(number * SEGMENT);
        if (damaged != null && damaged.compareTo(first) >= 0 && damaged.compareTo(first.plus(length)) < 0) {
            bytes[(int) damaged.minus(first)] ^= 1;
        }
        try (WalSegmentWriter writer = archive.begin(timeline, number, SEGMENT)) {
            writer.write(0, bytes, 0, length);
            if (length == SEGMENT) {
                writer.finish();
            } else {
                writer.saveIncrement();
            }
        }
    }

    /** Stops the server and begins a new timeline where it was. */
    public void promote() throws IOException {
        place();
        server.stop();
        Files.writeString(
                server.dataDirectory().resolve("postgresql.auto.conf"),
                "restore_command = 'false'\n",
                StandardOpenOption.APPEND);
        Files.createFile(server.dataDirectory().resolve("recovery.signal"));
        server.start();
        awaitPromotion();
        byte[] history = Files.readAllBytes(
                server.dataDirectory().resolve("pg_wal").resolve("%08X.history".formatted(timeline + 1)));
        String[] last = new String(history, StandardCharsets.US_ASCII)
                .strip()
                .lines()
                .reduce("", (before, line) -> line)
                .split("\\s+", 3);
        Lsn left = Lsn.parse(last[1]);
        WalArchive archive = repository.at(TARGET, place()).wal(work);
        while (nextSegment < left.segmentNumber(SEGMENT)) {
            store(archive, nextSegment++, SEGMENT);
        }
        archive.putHistory(++timeline, history);
    }

    /** Standby connections are let in before the end of recovery. */
    private void awaitPromotion() {
        while (!server.query("postgres", "select pg_is_in_recovery()").equals("f")) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private Place place() {
        Place known = place;
        if (known == null) {
            known = new Place(server.query("postgres", "select system_identifier from pg_control_system()"));
            place = known;
        }
        return known;
    }

    public TargetPlace storedPlace() {
        return repository.at(TARGET, place());
    }

    public StoredWindow window() {
        return repository.window(TARGET, place());
    }

    /** The name below the repository of a segment that is stored. */
    public String storedSegment(Tick tick) {
        return WalSegmentName.of(tick.timeline(), tick.after().segmentNumber(SEGMENT), SEGMENT)
                .value();
    }

    public List<Tick> ledger() {
        return List.copyOf(ledger);
    }

    public Tick tick(int index) {
        return ledger.get(index);
    }

    /** What a restored cluster must hold, as {@link #QUESTION} tells it. */
    public String expected(Predicate<Tick> kept) {
        List<String> ids = ledger.stream()
                .filter(kept)
                .map(tick -> Long.toString(tick.id()))
                .toList();
        return ids.size() + " " + md5(String.join(",", ids));
    }

    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }

    /** Asks a restored cluster for its ticks: how many, and a digest of their numbers. */
    public static final String QUESTION =
            "select count(*) || ' ' || md5(coalesce(string_agg(id::text, ',' order by id), '')) from tick";

    @Override
    public void close() {
        server.close();
    }
}
