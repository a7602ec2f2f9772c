package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.testing.PostgresServer;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class LargeBackupTest {
    private static final System.Logger LOG = System.getLogger(LargeBackupTest.class.getName());

    private Path folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = TestFolders.open();
    }

    @AfterEach
    void removeFolder() throws Exception {
        TestFolders.remove(folder);
    }

    @Test
    void a_table_of_more_than_one_segment_comes_back_with_all_rows() throws Exception {
        Path stored = Files.createDirectory(folder.resolve("repository"));
        try (PostgresServer server =
                        PostgresServer.of(17).setting("max_wal_size", "2GB").start();
                Repository repository = Repository.openOrInitialise(
                        StoreAddress.parse(stored.toUri().toString()).connect(StoreAccess.NONE), new UUID(1, 2))) {
            // given: rows of text that compresses about as real ones do, in a file and a second one beyond 1 GiB
            server.execute(
                    "postgres",
                    "create table big as select i as id, md5(i::text) || repeat(md5((i / 7)::text), 4) as note,"
                            + " now() as at from generate_series(1, 5500000) i",
                    "checkpoint");
            assertThat(Long.parseLong(server.query("postgres", "select pg_relation_size('big')")))
                    .isGreaterThan(1L << 30);

            // when
            OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long cpuBefore = system.getProcessCpuTime();
            long before = System.nanoTime();
            PhysicalBackup.Result result = BackupFixture.physicalBackup()
                    .run(
                            BackupFixture.settings(server),
                            identifier -> repository.at(new TargetName("orders"), Place.ofSystemIdentifier(identifier)),
                            BackupFixture.options(folder.resolve("work")),
                            progress -> {},
                            new Cancellation());
            Duration wall = Duration.ofNanos(System.nanoTime() - before);
            Duration cpu = Duration.ofNanos(system.getProcessCpuTime() - cpuBefore);
            LOG.log(System.Logger.Level.INFO, "{0} bytes in {1}, of the processor {2}", result.bytes(), wall, cpu);

            // then
            assertThat(result.outcome()).isInstanceOfSatisfying(CommitOutcome.Committed.class, committed -> {
                LOG.log(
                        System.Logger.Level.INFO,
                        "stored as {0} bytes",
                        committed.manifest().sizes().storedBytes());
                assertThat(committed.manifest().sizes().bytes()).isGreaterThan(1L << 30);
            });
            TargetPlace place = repository.at(
                    new TargetName("orders"),
                    Place.ofSystemIdentifier(result.server().identity().systemIdentifier()));
            Path data = folder.resolve("restored");
            BackupReader reader = place.read(new BackupId("b1"));
            reader.restoreTo(data, RestoreOptions.defaults(), (files, bytes) -> {});
            Files.deleteIfExists(data.resolve("tablespace_map"));
            placeWal(place.wal(folder.resolve("work")), result, data);
            server.stop();
            try (PostgresServer restored = PostgresServer.of(17).startOn(data)) {
                assertThat(restored.query("postgres", "select count(*) from big"))
                        .isEqualTo("5500000");
            }
        }
    }

    private static void placeWal(WalArchive archive, PhysicalBackup.Result result, Path data) throws Exception {
        BackupContent.Physical content =
                (BackupContent.Physical) result.details().content();
        for (WalSegmentName segment : content.wal().segments()) {
            try (InputStream in = archive.open(segment)) {
                Files.copy(in, data.resolve("pg_wal").resolve(segment.value()));
            }
        }
    }
}
