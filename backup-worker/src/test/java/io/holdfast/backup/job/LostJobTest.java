package io.holdfast.backup.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupKind;
import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.repository.RepositoryException;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that loses its job in mid-backup, and cannot know it because its service's database does not answer. */
@QuarkusTest
@TestProfile(BackupWorkerProfile.class)
@Timeout(300)
class LostJobTest {
    @Surrounding
    private KafkaBroker broker;

    @Surrounding
    private EventSigner signer;

    @Surrounding
    private ServiceDatabase database;

    @TempDir
    private Path folder;

    @Test
    void a_worker_that_may_have_lost_its_job_makes_sure_before_it_commits() throws Exception {
        try (PostgresServer server = PostgresServer.of(15).start();
                Connection takeover = DriverManager.getConnection(database.jdbcUrl(), database.user(), "")) {
            // given: a slow first backup of a cluster
            ControlPlane control = new ControlPlane(broker, signer);
            Path repository = folder.resolve("repository");
            TargetId target = control.define(ControlPlane.reached(server.port(), "postgres", null, 8192), repository);
            EventId request = control.ask(target, BackupKind.FULL);
            ControlPlane.await(() -> server.query(
                            "postgres", "select count(*) from pg_stat_progress_basebackup where backup_streamed > 0")
                    .equals("1"));

            // when: another worker takes it over, unseen as long as its transaction is open
            takeover.setAutoCommit(false);
            try (PreparedStatement update = takeover.prepareStatement(
                    "update backup_worker.scheduled_tasks set version = version + 1 where task_instance = ?")) {
                update.setString(1, request.value());
                assertThat(update.executeUpdate()).isEqualTo(1);
            }
            ControlPlane.await(() -> isCommitted(repository, target) || waitsForItsJob());
            takeover.commit();

            // then
            control.outcome(request, BackupCompleted.class);
            assertThat(StoredBackup.all(repository, target))
                    .singleElement()
                    .satisfies(
                            manifest -> assertThat(manifest.attempt().value()).startsWith("2-"));
        }
    }

    private boolean waitsForItsJob() {
        return database.query("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                        + " and query like '%scheduled_tasks%for update%'")
                .equals("1");
    }

    private static boolean isCommitted(Path repository, TargetId target) {
        try {
            return !StoredBackup.all(repository, target).isEmpty();
        } catch (RepositoryException e) {
            throw new AssertionError(e);
        }
    }
}
