package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupKind;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.repository.Repository;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.TimelineAncestry;
import io.holdfast.testing.PostgresServer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers whose history is another than what is stored of them, and those that only seem so. */
@Timeout(180)
class HistoriesTest {
    private static final int MEGABYTE = 1 << 20;

    private static PostgresServer.Builder server() {
        return PostgresServer.of(17)
                .initdb("--wal-segsize=1")
                .setting("max_wal_size", "256MB")
                .setting("min_wal_size", "2MB")
                .setting("wal_keep_size", "1GB");
    }

    /** Stream, snapshot, stream on, snapshot taken back. */
    private static Continuity setBack(StreamedServer streamed, PostgresServer server) throws Exception {
        server.execute("postgres", "create table t (id int, note text)");
        ClusterStream stream = streamed.stream(server, null);
        write(server, "first", 10000);
        StreamedServer.awaitAll(stream, server);
        server.stop();
        Path snapshot = streamed.folder().resolve("snapshot");
        StreamedServer.copy(server.dataDirectory(), snapshot);
        server.start();
        write(server, "second", 30000);
        StreamedServer.awaitAll(stream, server);
        stream.stop();
        stream.join();
        server.stop();
        StreamedServer.copy(
                server.dataDirectory().resolve("pg_wal"), streamed.folder().resolve("before"));
        StreamedServer.setBack(server, snapshot);
        server.start();
        return stream.state().continuity().orElseThrow();
    }

    private static void write(PostgresServer server, String note, int rows) {
        server.execute(
                "postgres",
                "insert into t select i, '" + note + "' || repeat('x', 50) from generate_series(1, " + rows + ") as i");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_server_that_was_set_back_is_refused_also_once_it_has_written_past_what_is_stored(boolean seenBehind)
            throws Exception {
        try (PostgresServer server = server().start();
                StreamedServer streamed = new StreamedServer()) {
            // given
            Continuity before = setBack(streamed, server);
            ClusterStream stream;
            if (seenBehind) {
                ClusterStream first = streamed.stream(server, before);
                StreamedServer.await(() -> first.state().refusal().isPresent());
                first.stop();
                first.join();
                write(server, "other", 60000);
                // another worker, which knows what the first one wrote down
                stream = streamed.stream(server, before, first.state().refusal().orElseThrow());
            } else {
                write(server, "other", 60000);
                stream = streamed.stream(server, before);
            }

            // then: it is refused, told at once, and stays so
            StreamedServer.await(() -> event(stream, WalInterrupted.class).isPresent());
            WalInterrupted told = event(stream, WalInterrupted.class).orElseThrow();
            assertThat(told.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
            assertThat(told.failure().message()).contains(seenBehind ? "was set back" : "has another log");
            assertThat(told.failure().hint()).contains("pg_promote()");
            write(server, "more", 30000);
            TimeUnit.SECONDS.sleep(2);
            assertThat(stream.state().continuity().orElseThrow().durable()).isEqualTo(before.durable());
            requireOldHistory(streamed, server, before.durable());

            // when: it gets a timeline of its own
            StreamedServer.promote(server);
            write(server, "own", 30000);

            // then: its log is kept, behind a hole and a full backup
            Lsn end = StreamedServer.awaitAll(stream, server);
            ContinuityLost lost = event(stream, ContinuityLost.class).orElseThrow();
            assertThat(event(stream, BackupRequested.class).orElseThrow().kind())
                    .isEqualTo(BackupKind.FULL);
            assertThat(stream.state().refusal()).isEmpty();
            Lsn from = Lsn.parse(String.valueOf(lost.toLsn()));
            streamed.requireEqual(server, 2, from, end, MEGABYTE);
            try (Repository repository = streamed.repository()) {
                WalArchive archive = StreamedServer.place(repository, server).wal(streamed.folder());
                assertThat(archive.covers(2, from.plus(-MEGABYTE), from, MEGABYTE))
                        .as("the segment between the histories")
                        .hasSize(1);
            }
        }
    }

    /** Nothing of the other history lies where the first one is. */
    private static void requireOldHistory(StreamedServer streamed, PostgresServer server, Lsn durable)
            throws Exception {
        try (Repository repository = streamed.repository()) {
            WalArchive archive = StreamedServer.place(repository, server).wal(streamed.folder());
            WalSegmentName name = WalSegmentName.of(1, durable.segmentNumber(MEGABYTE), MEGABYTE);
            byte[] expected = Files.readAllBytes(streamed.folder().resolve("before/" + name));
            byte[] stored;
            try (InputStream in = archive.open(name)) {
                stored = in.readAllBytes();
            }
            int until = durable.segmentOffset(MEGABYTE);
            assertThat(Arrays.mismatch(stored, 0, until, expected, 0, until)).isEqualTo(-1);
            assertThat(Arrays.copyOfRange(stored, until, MEGABYTE)).containsOnly(0);
        }
    }

    @Test
    @Tag("long")
    void a_promotion_that_is_met_only_afterwards_is_another_history_too_if_the_server_was_set_back_before_it()
            throws Exception {
        try (PostgresServer server = server().start();
                StreamedServer streamed = new StreamedServer()) {
            // given: set back, written on, and promoted before a worker sees it
            Continuity before = setBack(streamed, server);
            write(server, "other", 15000);
            StreamedServer.promote(server);
            write(server, "own", 30000);

            // when
            ClusterStream stream = streamed.stream(server, before);

            // then
            Lsn end = StreamedServer.awaitAll(stream, server);
            ContinuityLost lost = event(stream, ContinuityLost.class).orElseThrow();
            Lsn from = Lsn.parse(String.valueOf(lost.toLsn()));
            streamed.requireEqual(server, 2, from, end, MEGABYTE);
            assertThat(event(stream, BackupRequested.class).orElseThrow().kind())
                    .isEqualTo(BackupKind.FULL);
        }
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(booleans = {true, false})
    void a_timeline_that_does_not_come_from_ours_is_received_from_where_it_forked_or_its_loss_is_told(boolean gone)
            throws Exception {
        try (PostgresServer server = server().start();
                StreamedServer streamed = new StreamedServer()) {
            // given: a stream over a promotion to timeline 2
            server.execute("postgres", "create table t (id int, note text)");
            ClusterStream stream = streamed.stream(server, null);
            write(server, "first", 10000);
            StreamedServer.awaitAll(stream, server);
            server.stop();
            Path snapshot = streamed.folder().resolve("snapshot");
            StreamedServer.copy(server.dataDirectory(), snapshot);
            server.start();
            write(server, "second", 20000);
            StreamedServer.awaitAll(stream, server);
            StreamedServer.promote(server);
            write(server, "third", 20000);
            StreamedServer.awaitAll(stream, server);
            StreamedServer.await(() -> stream.state().continuity().orElseThrow().timeline() == 2);
            StreamedServer.awaitAll(stream, server);
            stream.stop();
            stream.join();

            // when: the cluster is restored to a moment before that, and writes on timeline 3, without our slot
            server.stop();
            Path histories = server.newFolder("histories");
            Path history = histories.resolve("00000002.history");
            Files.copy(server.dataDirectory().resolve("pg_wal/00000002.history"), history);
            Files.setPosixFilePermissions(history, PosixFilePermissions.fromString("rw-r--r--"));
            StreamedServer.setBack(server, snapshot);
            Files.writeString(
                    server.dataDirectory().resolve("postgresql.auto.conf"),
                    "restore_command = 'cp " + histories + "/%f %p'\nrecovery_target_timeline = 'current'\n"
                            + (gone ? "wal_keep_size = '0'\nmax_wal_size = '2MB'\n" : ""),
                    StandardOpenOption.APPEND);
            Files.createFile(server.dataDirectory().resolve("recovery.signal"));
            server.start();
            StreamedServer.await(
                    () -> server.query("postgres", "select pg_is_in_recovery()").equals("f"));
            server.execute("postgres", "select pg_drop_replication_slot('holdfast_orders')");
            for (int i = 0; i < 3; i++) {
                write(server, "another", 20000);
                server.execute("postgres", "select pg_switch_wal()", "checkpoint");
            }
            write(server, "last", 100);
            ClusterStream next =
                    streamed.stream(server, stream.state().continuity().orElseThrow());

            // then
            StreamedServer.await(() -> next.state().continuity().orElseThrow().timeline() == 3);
            Lsn end = StreamedServer.awaitAll(next, server);
            Optional<ContinuityLost> lost = event(next, ContinuityLost.class);
            assertThat(lost.isPresent()).as("whether loss is told").isEqualTo(gone);
            Lsn fork = Lineage.of(TimelineAncestry.parse(
                            3, Files.readAllBytes(server.dataDirectory().resolve("pg_wal/00000003.history"))))
                    .end(1)
                    .orElseThrow();
            Lsn from = gone ? Lsn.parse(String.valueOf(lost.orElseThrow().toLsn())) : fork;
            assertThat(streamed.requireEqual(server, 3, from, end, MEGABYTE)).isPositive();
        }
    }

    private static <E> Optional<E> event(ClusterStream stream, Class<E> type) {
        return stream.state().news().stream()
                .map(StreamState.News::event)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
