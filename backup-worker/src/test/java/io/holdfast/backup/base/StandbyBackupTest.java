package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StandbyBackupTest {
    private Path folder;
    private PostgresServer primary;
    private PostgresServer standby;

    @BeforeEach
    void startStandby() throws Exception {
        folder = TestFolders.open();
        primary = PostgresServer.of(17).start();
        primary.execute("postgres", "create table t as select generate_series(1, 1000) as id");
        DirectoryPlace seed = new DirectoryPlace(folder.resolve("seed"));
        run(primary, seed, new Cancellation(), progress -> {}, null);
        Path data = BackupFixture.startable(seed);
        Files.createFile(data.resolve("standby.signal"));
        standby = PostgresServer.of(17)
                .setting("primary_conninfo", "host=127.0.0.1 user=postgres port=" + primary.port())
                .startOn(data);
    }

    @AfterEach
    void stop() throws Exception {
        standby.close();
        primary.close();
        TestFolders.remove(folder);
    }

    @Test
    void a_quiet_standby_is_backed_up_with_the_part_of_its_last_segment_that_there_is() throws Exception {
        DirectoryPlace place = new DirectoryPlace(folder.resolve("stored"));
        PhysicalBackup.Result result = run(standby, place, new Cancellation(), progress -> {}, null);
        assertThat(result.server().standby()).isTrue();
        Path data = BackupFixture.startable(place);
        try (PostgresServer restored = PostgresServer.of(17).startOn(data)) {
            assertThat(restored.query("postgres", "select count(*) from t")).isEqualTo("1000");
        }
    }

    @Test
    void a_promotion_in_mid_backup_is_a_failure_of_its_own() throws Exception {
        DirectoryPlace place = new DirectoryPlace(folder.resolve("stored"));
        AtomicBoolean promoted = new AtomicBoolean();
        ReplicationException failure = catchThrowableOfType(
                ReplicationException.class,
                () -> run(
                        standby,
                        place,
                        new Cancellation(),
                        progress -> {
                            if (progress.phase() == BackupProgress.Phase.COPYING
                                    && promoted.compareAndSet(false, true)) {
                                standby.query("postgres", "select pg_promote()");
                            }
                        },
                        4096));
        assertThat(failure.failure()).isEqualTo(FailureCause.TIMELINE_ENDED);
        assertThat(place.isCommitted()).isFalse();
    }

    private PhysicalBackup.Result run(
            PostgresServer source,
            DirectoryPlace place,
            Cancellation cancellation,
            BackupProgress.Listener listener,
            @Nullable Integer maxRateKib)
            throws Exception {
        return BackupFixture.physicalBackup()
                .run(
                        BackupFixture.settings(source),
                        identifier -> place,
                        BackupFixture.options(folder.resolve("work"))
                                .withMaxRateKib(maxRateKib)
                                .withLastSegmentPatience(Duration.ofMillis(500)),
                        listener,
                        cancellation);
    }
}
