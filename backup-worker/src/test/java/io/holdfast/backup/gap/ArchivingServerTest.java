package io.holdfast.backup.gap;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real servers that say where their log is. */
@Timeout(180)
class ArchivingServerTest {
    private static final int SIZE = 1 << 20;

    private static PostgresServer.Builder server() {
        return PostgresServer.of(17)
                .initdb("--wal-segsize=1")
                .setting("archive_mode", "on")
                .setting("archive_command", "true");
    }

    private static SourceCluster cluster(PostgresServer... members) {
        return new SourceCluster(Arrays.stream(members)
                .map(each -> new SourceServer(
                        "127.0.0.1", each.port(), "postgres", null, "postgres", TlsSettings.of(TlsMode.PREFER), false))
                .toList());
    }

    private static ArchivingServer.Answer ask(PostgresServer... members) throws Exception {
        return ArchivingServer.ask("orders", cluster(members)).orElseThrow();
    }

    private static void awaitLastArchived(PostgresServer server, String pattern) {
        Awaitility.await()
                .until(() -> server.query(
                                "postgres",
                                "select coalesce(last_archived_wal, '') ~ '" + pattern + "' from pg_stat_archiver")
                        .equals("t"));
    }

    private static Lsn behind(String segment) {
        return new Lsn((new WalSegmentName(segment).segmentNumber(SIZE) + 1) * SIZE);
    }

    private static Path standbyOf(PostgresServer primary) throws Exception {
        Path copy = primary.newFolder("copy").resolve("standby");
        primary.stop();
        Process copying = new ProcessBuilder("cp", "-a", primary.dataDirectory().toString(), copy.toString())
                .inheritIO()
                .start();
        assertThat(copying.waitFor()).isZero();
        primary.start();
        Files.createFile(copy.resolve("standby.signal"));
        return copy;
    }

    @Test
    void a_server_says_where_it_is_before_and_after_it_archives_and_after_a_note_about_a_backup() throws Exception {
        try (PostgresServer server = server().start()) {
            ArchivingServer.Answer before = ask(server);
            assertThat(before.isPrimary()).isTrue();
            assertThat(before.position().timeline()).isEqualTo(1);
            assertThat(before.position().durable()).isEqualTo(Lsn.ZERO);

            server.execute("postgres", "create table t as select 1");
            String segment = server.query("postgres", "select pg_walfile_name(pg_switch_wal())");
            awaitLastArchived(server, "^" + segment + "$");
            assertThat(ask(server).position().durable()).isEqualTo(behind(segment));

            try (Connection session = server.connect("postgres");
                    Statement statement = session.createStatement()) {
                statement.execute("select pg_backup_start('a backup', true)");
                statement.execute("select pg_backup_stop(false)");
            }
            awaitLastArchived(server, "[.]backup$");
            WalPosition noted = ask(server).position();
            assertThat(noted.durable()).isGreaterThanOrEqualTo(behind(segment));
            assertThat(noted.durable()).isLessThanOrEqualTo(noted.server().plus(SIZE));
        }
    }

    @Test
    void of_several_members_the_primary_is_asked_also_after_a_failover() throws Exception {
        try (PostgresServer primary = server().start()) {
            primary.execute("postgres", "create table t as select 1");
            String segment = primary.query("postgres", "select pg_walfile_name(pg_switch_wal())");
            awaitLastArchived(primary, "^" + segment + "$");
            Path copy = standbyOf(primary);
            try (PostgresServer standby = server().setting(
                            "primary_conninfo", "host=127.0.0.1 user=postgres port=" + primary.port())
                    .startOn(copy)) {
                assertThat(ask(standby, primary).position().timeline()).isEqualTo(1);
                assertThat(ask(standby, primary).position().durable()).isGreaterThanOrEqualTo(behind(segment));
                assertThat(ArchivingServer.ask("orders", cluster(standby, standby)))
                        .isEmpty();
                Lsn last = Lsn.parse(primary.query("postgres", "select pg_current_wal_flush_lsn()"));
                Awaitility.await()
                        .until(() -> Lsn.parse(standby.query("postgres", "select pg_last_wal_replay_lsn()"))
                                        .compareTo(last)
                                >= 0);

                primary.kill();
                standby.query("postgres", "select pg_promote()");

                Optional<ArchivingServer.Answer> answer = ArchivingServer.ask("orders", cluster(primary, standby));
                assertThat(answer).hasValueSatisfying(it -> {
                    assertThat(it.isPrimary()).isTrue();
                    assertThat(it.position().timeline()).isEqualTo(2);
                });
                standby.execute("postgres", "create table u as select 1");
                String next = standby.query("postgres", "select pg_walfile_name(pg_switch_wal())");
                awaitLastArchived(standby, "^" + next + "$");
                assertThat(ask(primary, standby).position().durable()).isEqualTo(behind(next));
            }
        }
    }
}
