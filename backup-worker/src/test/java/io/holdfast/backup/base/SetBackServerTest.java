package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Incremental backups of servers whose history may be another one than that of their backups. */
@Timeout(180)
class SetBackServerTest {
    private static final int MEGABYTE = 1 << 20;

    private Path folder;
    private Repository repository;

    @BeforeEach
    void openRepository() throws Exception {
        folder = TestFolders.open();
        Path stored = Files.createDirectory(folder.resolve("repository"));
        repository = Repository.openOrInitialise(
                StoreAddress.parse(stored.toUri().toString()).connect(StoreAccess.NONE), new UUID(1, 2));
    }

    @AfterEach
    void removeFolder() throws Exception {
        repository.close();
        TestFolders.remove(folder);
    }

    @Test
    void a_server_that_was_set_back_and_wrote_past_the_parent_is_not_asked_what_has_changed() throws Exception {
        try (PostgresServer server = server("1GB")) {
            // given a snapshot, a backup of what came behind it, and the snapshot taken back
            server.execute(
                    "postgres", "create table t as select i as id, 'kept' as note from generate_series(1, 20000) i");
            backUp(server, "g0");
            Path snapshot = snapshot(server);
            server.execute("postgres", "update t set note = 'of the other history' where id <= 500");
            BackupManifest parent = backUp(server, "g1");
            assertThat(parent.details().labels()).containsEntry(BackupMethod.LABEL, "server_incremental");
            setBack(server, snapshot);
            server.execute("postgres", "create table filler (note text)");
            Lsn past = end(parent).plus(2 * MEGABYTE);
            while (position(server).compareTo(past) < 0) {
                server.execute("postgres", "insert into filler select repeat('x', 500) from generate_series(1, 1000)");
            }

            // when
            BackupManifest next = backUp(server, "g2");

            // then
            assertThat(next.details().labels()).containsEntry(BackupMethod.LABEL, "page_compare");
            assertThat(next.details().labels().get(BackupMethod.REASON_LABEL)).contains("another history");
            assertRestores(server, next);
        }
    }

    @Test
    void a_backup_that_ends_behind_the_servers_log_is_no_parent() throws Exception {
        try (PostgresServer server = server("1GB")) {
            // given
            server.execute(
                    "postgres", "create table t as select i as id, 'kept' as note from generate_series(1, 20000) i");
            BackupManifest before = backUp(server, "g0");
            Path snapshot = snapshot(server);
            server.execute(
                    "postgres",
                    "create table filler as select repeat('x', 500) as note from generate_series(1, 12000)",
                    "update t set note = 'of the other history' where id <= 500");
            backUp(server, "g1");
            setBack(server, snapshot);
            server.execute("postgres", "update t set note = 'of this history' where id = 20000");

            // when
            BackupManifest next = backUp(server, "g2");

            // then: the one before is, and the server has the log of its end still
            assertThat(next.details().parent()).contains(before.backup());
            assertThat(next.details().labels()).containsEntry(BackupMethod.LABEL, "server_incremental");
            assertRestores(server, next);
        }
    }

    @Test
    void what_cannot_be_shown_to_be_of_one_history_is_read_as_a_whole() throws Exception {
        try (PostgresServer server = server("0")) {
            // given a server that has given up the log of the parent, and nothing stored behind that
            server.execute(
                    "postgres", "create table t as select i as id, 'kept' as note from generate_series(1, 20000) i");
            BackupManifest parent = backUp(server, "g0");
            WalSegmentName last = WalSegmentName.of(1, end(parent).plus(-1).segmentNumber(MEGABYTE), MEGABYTE);
            Await.until(() -> {
                server.execute(
                        "postgres",
                        "update t set note = 'changed' where id = 7",
                        "select pg_switch_wal()",
                        "checkpoint");
                return !Files.exists(server.dataDirectory().resolve("pg_wal/" + last));
            });

            // when
            BackupManifest next = backUp(server, "g1");

            // then
            assertThat(next.details().parent()).contains(parent.backup());
            assertThat(next.details().labels()).containsEntry(BackupMethod.LABEL, "page_compare");
            assertThat(next.details().labels().get(BackupMethod.REASON_LABEL))
                    .contains("nothing shows that the server has the history of the backup g0");
            assertRestores(server, next);
        }
    }

    @Test
    void while_a_servers_log_is_refused_nothing_of_earlier_backups_is_used() throws Exception {
        try (PostgresServer server = server("1GB")) {
            BackupManifest parent = backUp(server, "g0");
            long refused = Long.parseUnsignedLong(parent.place().value());

            BackupManifest doubted = backUp(
                    server,
                    "g1",
                    identifier -> identifier == refused ? Optional.of("it was set back") : Optional.empty());
            BackupManifest other = backUp(
                    server,
                    "g2",
                    identifier -> identifier == refused + 1 ? Optional.of("it was set back") : Optional.empty());

            assertThat(doubted.details().kind()).isEqualTo(BackupKind.FULL);
            assertThat(doubted.details().labels())
                    .containsEntry(BackupMethod.LABEL, "full")
                    .containsEntry(BackupMethod.REASON_LABEL, "it was set back");
            assertThat(other.details().parent()).contains(doubted.backup());
        }
    }

    private static PostgresServer server(String kept) {
        return PostgresServer.of(17)
                .initdb("--wal-segsize=1")
                .setting("summarize_wal", "on")
                .setting("min_wal_size", "2MB")
                .setting("wal_keep_size", kept)
                .start();
    }

    private Path snapshot(PostgresServer server) throws Exception {
        server.stop();
        Path snapshot = folder.resolve("snapshot");
        copy(server.dataDirectory(), snapshot);
        server.start();
        return snapshot;
    }

    private static void setBack(PostgresServer server, Path snapshot) throws Exception {
        server.stop();
        TestFolders.remove(server.dataDirectory());
        copy(snapshot, server.dataDirectory());
        server.start();
    }

    private static void copy(Path from, Path to) throws Exception {
        Process copying = new ProcessBuilder(List.of("cp", "-a", from.toString(), to.toString()))
                .inheritIO()
                .start();
        assertThat(copying.waitFor()).isZero();
    }

    private static Lsn end(BackupManifest manifest) {
        return ((BackupContent.Physical) manifest.details().content()).wal().stopLsn();
    }

    private static Lsn position(PostgresServer server) {
        return Lsn.parse(server.query("postgres", "select pg_current_wal_flush_lsn()"));
    }

    private BackupManifest backUp(PostgresServer server, String backup) throws Exception {
        return backUp(server, backup, identifier -> Optional.empty());
    }

    private BackupManifest backUp(PostgresServer server, String backup, PhysicalBackupOptions.Doubts doubts)
            throws Exception {
        PhysicalBackup.Result result = BackupFixture.physicalBackup()
                .run(
                        BackupFixture.settings(server),
                        identifier -> repository.at(new TargetName("orders"), Place.ofSystemIdentifier(identifier)),
                        BackupFixture.options(folder.resolve("work"), new BackupId(backup), new AttemptId("a1"))
                                .withIncremental(true)
                                .withDoubts(doubts),
                        progress -> {},
                        new Cancellation());
        return ((CommitOutcome.Committed) result.outcome()).manifest();
    }

    private void assertRestores(PostgresServer server, BackupManifest manifest) throws Exception {
        TargetPlace place = repository.at(manifest.target(), manifest.place());
        Path data = BackupFixture.restore(place, manifest, folder.resolve("restored"));
        try (PostgresServer restored = PostgresServer.of(17).startOn(data)) {
            assertThat(Contents.of(restored)).isEqualTo(Contents.of(server));
        }
    }
}
