package io.holdfast.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.LibpqString;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.client.Waiting;
import io.holdfast.cli.local.ConnectionDetails;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The demo from its beginning to the comparison; everything is asked for through the product's own API. */
public final class DemoStory {
    private static final Optional<Duration> PATIENCE = Optional.of(Duration.ofHours(1));
    private static final Duration FOR_LATER_ORDERS = Duration.ofSeconds(10);

    private final DemoGround ground;
    private final Console console;
    private final Clock clock;
    private final SecureRandom random;

    DemoStory(DemoGround ground, Console console, Clock clock, SecureRandom random) {
        this.ground = ground;
        this.console = console;
        this.clock = clock;
        this.random = random;
    }

    /**
     * What the story ended with.
     *
     * @param connection   of the control plane
     * @param restoredAt   libpq string of the restored database
     * @param passwordFile the password of its user
     */
    record Told(DemoReport report, ConnectionDetails connection, String restoredAt, Path passwordFile) {}

    Told tell(long size) throws IOException, SQLException, CommandFailure, InterruptedException {
        SampleServer sample = SampleServer.start(ground.folder(), random);
        ground.keep(sample);
        // The shop is filled while the services start.
        try (ExecutorService background = Executors.newSingleThreadExecutor()) {
            Future<Long> loading = background.submit(() -> load(sample, size));
            ConnectionDetails connection = ground.up(sample);
            return backUpLoseAndRestore(sample, connected(loading), connection);
        }
    }

    private long load(SampleServer sample, long size) throws SQLException {
        console.note("filling a shop of about " + Amounts.bytes(size));
        try (Connection connection = sample.connect()) {
            return Shop.load(connection, Shop.ordersFor(size));
        }
    }

    private static long connected(Future<Long> loading) throws SQLException, InterruptedException {
        try {
            return loading.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new IllegalStateException("while the shop was filled", e.getCause());
        }
    }

    private Told backUpLoseAndRestore(SampleServer sample, long lastLoaded, ConnectionDetails connection)
            throws IOException, SQLException, CommandFailure, InterruptedException {
        ControlPlane plane = new ControlPlane(URI.create(connection.url()), connection.token());
        Waiting waiting = new Waiting(plane, console, clock);
        Contents before;
        long sampleBytes;
        try (Connection observer = sample.connect()) {
            before = Contents.read(observer, lastLoaded);
            sampleBytes = bytes(observer);
        }
        console.note("the shop is open: " + Amounts.bytes(sampleBytes) + ", " + before.rows()
                + " rows, and orders keep coming in");
        Ledger ledger = new Ledger();
        JsonNode backup;
        try (OrderWriter writer = new OrderWriter(sample.connect(), ledger, lastLoaded, clock, random)) {
            writer.start();
            JsonNode created = plane.createBackup(
                    Map.of("target", "orders", "kind", "full", "reason", "the demo", "requested_by", "holdfast demo"));
            String id = Json.text(created, "backup_id");
            console.note("backup " + id + " is requested");
            JsonNode completed = ended(waiting.forBackup(id, Waiting.Goal.COMPLETED, PATIENCE));
            console.note(
                    "backup completed: " + Amounts.bytes(completed.path("bytes").asLong()) + " read, "
                            + Amounts.bytes(completed.path("stored_bytes").asLong()) + " stored");
            backup = ended(waiting.forBackup(id, Waiting.Goal.VERIFIED, PATIENCE));
            console.note("verified: every stored byte was read back");
            awaitLaterOrders(ledger, LogPosition.of(Json.text(backup, "stop_lsn")));
            sample.destroy();
            console.note("the shop's server was killed (kill -9) and its directory deleted");
        }
        String backupId = Json.text(backup, "backup_id");
        JsonNode restored = restore(plane, waiting, backupId);
        // The string names the server's first database.
        LibpqString restoredAt =
                LibpqString.parse(Json.text(restored, "connection")).database(SampleServer.DATABASE);
        DemoReport report = report(sample, sampleBytes, lastLoaded, before, ledger, backup, restored, restoredAt);
        return new Told(report, connection, restoredAt.toString(), sample.passwordFile());
    }

    /** So that the comparison can also show that nothing from after the backup's end is there. */
    private static void awaitLaterOrders(Ledger ledger, LogPosition stop) throws InterruptedException {
        long end = System.nanoTime() + FOR_LATER_ORDERS.toNanos();
        while (System.nanoTime() < end
                && ledger.entries().stream().noneMatch(entry -> entry.before().compareTo(stop) >= 0)) {
            Thread.sleep(20);
        }
    }

    private JsonNode restore(ControlPlane plane, Waiting waiting, String backupId)
            throws CommandFailure, InterruptedException {
        Path directory = ground.folder().root().resolve("restored");
        JsonNode created = plane.createRestore(Map.of(
                "backup_id",
                backupId,
                "directory",
                directory.toString(),
                "start",
                true,
                "reason",
                "the demo",
                "requested_by",
                "holdfast demo"));
        String id = Json.text(created, "restore_id");
        console.note("restore " + id + " is requested");
        JsonNode restored = ended(waiting.forRestore(id, PATIENCE));
        console.note("restored to " + directory + " and started");
        return restored;
    }

    private static JsonNode ended(JsonNode answer) throws CommandFailure {
        Outcome outcome = Outcome.of(answer);
        if (outcome.exitCode() != ExitCode.OK) {
            throw new CommandFailure(
                    ExitCode.NOT_PROVEN,
                    "it " + outcome.status() + ": " + outcome.category() + ": " + outcome.message(),
                    outcome.hint());
        }
        return answer;
    }

    private static DemoReport report(
            SampleServer sample,
            long sampleBytes,
            long lastLoaded,
            Contents before,
            Ledger ledger,
            JsonNode backup,
            JsonNode restored,
            LibpqString at)
            throws SQLException {
        LogPosition stop = LogPosition.of(Json.text(backup, "stop_lsn"));
        Comparison comparison;
        LogPosition recoveredTo;
        try (Connection connection =
                DriverManager.getConnection(at.jdbcUrl(), SampleServer.BACKUP_ROLE, sample.backupPassword())) {
            recoveredTo = recoveredTo(connection).orElse(stop);
            comparison = Comparison.of(
                    before.loaded(), ledger.entries(), recoveredTo, Contents.read(connection, lastLoaded));
        }
        List<String> problems = new ArrayList<>(comparison.problems());
        if (recoveredTo.compareTo(stop) < 0) {
            problems.add("recovery ended at " + recoveredTo + ", before the backup's end at " + stop);
        }
        List<Ledger.Entry> entries = ledger.entries();
        LogPosition start = LogPosition.of(Json.text(backup, "start_lsn"));
        long during = entries.stream()
                .filter(entry ->
                        entry.before().compareTo(start) > 0 && entry.after().compareTo(recoveredTo) <= 0)
                .count();
        long lost = entries.stream()
                .filter(entry -> entry.before().compareTo(recoveredTo) >= 0)
                .count();
        if (during == 0) {
            problems.add("no order was placed while the backup was made, so nothing is shown about live databases");
        }
        JsonNode verification = backup.path("verification");
        return new DemoReport(
                problems.isEmpty(),
                new DemoReport.Backup(
                        Json.text(backup, "backup_id"),
                        backup.path("bytes").asLong(),
                        backup.path("stored_bytes").asLong(),
                        seconds(backup, "started_at", "finished_at")),
                new DemoReport.Verification(
                        Json.text(verification, "level"), seconds(verification, "started_at", "finished_at")),
                new DemoReport.Restore(
                        seconds(restored, "started_at", "finished_at"),
                        comparison.rowsExpected(),
                        comparison.rowsFound()),
                new DemoReport.Sample(sampleBytes, before.rows(), during, lost),
                List.copyOf(problems));
    }

    /** Where recovery ended; empty when the server was restarted since, which forgets it. */
    private static Optional<LogPosition> recoveredTo(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_last_wal_replay_lsn()")) {
            row.next();
            @Nullable String position = row.getString(1);
            return Optional.ofNullable(position).map(LogPosition::of);
        }
    }

    private static long bytes(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_database_size(current_database())")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static double seconds(JsonNode node, String from, String to) {
        String begin = Json.text(node, from);
        String end = Json.text(node, to);
        if (begin.isEmpty() || end.isEmpty()) {
            throw new IllegalStateException("the control plane does not say " + from + " and " + to);
        }
        return Duration.between(Instant.parse(begin), Instant.parse(end)).toMillis() / 1000.0;
    }
}
