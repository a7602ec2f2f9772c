package io.holdfast.backup.gap;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.archive.ArchivingPostgres;
import io.holdfast.backup.job.ControlPlane;
import io.holdfast.events.BackupKind;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wal.ArchivingEvent;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.Surrounding;
import io.holdfast.testing.TestFolders;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that is down since before this worker heard of it. */
@QuarkusTest
@TestProfile(GapWatchProfile.class)
@Timeout(180)
class DownServerTest {
    private static final int SEGMENT = 1 << 20;

    @Surrounding
    private KafkaBroker broker;

    @Surrounding
    private EventSigner signer;

    @Inject
    DataSource database;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_is_stored_of_a_server_that_is_down_stays_watched_and_a_stream_is_told_as_not_reached(boolean streamed)
            throws Exception {
        // Removed at the very end: the worker goes on looking at it.
        Path folder = TestFolders.make("down-server");
        Path repository = folder.resolve("repository");
        ControlPlane control = new ControlPlane(broker, signer);
        TargetId target = new TargetId("t-" + UUID.randomUUID());
        try (ArchivingPostgres server = ArchivingPostgres.start(17)) {
            // given what an earlier worker received of a server that went down then
            PostgresServer reached = ControlPlane.reached(server.postgres().port(), "postgres", null, null);
            control.define(target, 1, reached, repository, new WalArchiving(false));
            BackupCompleted base = control.outcome(target, BackupKind.FULL, BackupCompleted.class);
            server.fill(5);
            String cluster = String.valueOf(base.systemIdentifier());
            long first = Lsn.parse(String.valueOf(base.stopLsn())).plus(-1).segmentNumber(SEGMENT) + 1;
            try (Repository opened = Repository.open(FileObjectStore.at(repository))) {
                WalArchive wal = opened.at(new TargetName(target.value()), new Place(cluster))
                        .wal(folder);
                for (long number = first; number < first + 4; number++) {
                    store(wal, server.postgres().dataDirectory(), number);
                }
            }
            server.postgres().stop();
            Lsn end = new Lsn((first + 4) * SEGMENT);
            note(
                    streamed
                            ? "insert into wal_stream (target, heard_at, system_identifier, timeline, durable, archived_until)"
                                    + " values (?, now(), ?, 1, ?, now())"
                            : "insert into wal_archived (target, system_identifier, told, timeline, repository, archived_until,"
                                    + " told_at) values (?, ?, ?, 1, 'of-" + target + "', now(), now())",
                    target,
                    cluster,
                    end);

            // when a worker sees to that target, and something of what is promised is gone
            WalSegmentName lost = WalSegmentName.of(1, first + 1, SEGMENT);
            Files.delete(repository.resolve(target + "/" + cluster + "/wal/00000001/" + lost));
            Path token = Files.writeString(folder.resolve("token"), "a-token-of-tests-0123456789");
            control.define(
                    target,
                    2,
                    reached,
                    repository,
                    streamed ? new WalArchiving(true) : new WalArchiving(false, "file:" + token));

            // then
            ControlPlane.await(
                    () -> !heard(control, target, WalGapDetected.class).isEmpty());
            assertThat(heard(control, target, WalGapDetected.class).getFirst().segments())
                    .containsExactly(lost.value());
            if (!streamed) {
                return;
            }
            ControlPlane.await(
                    () -> !heard(control, target, WalInterrupted.class).isEmpty());
            assertThat(heard(control, target, WalInterrupted.class)
                            .getFirst()
                            .failure()
                            .category())
                    .isEqualTo(FailureCategory.CONNECTION);
        }
    }

    private static void store(WalArchive wal, Path data, long number) throws Exception {
        byte[] bytes = Files.readAllBytes(data.resolve("pg_wal")
                .resolve(WalSegmentName.of(1, number, SEGMENT).value()));
        try (WalSegmentWriter writer = wal.begin(1, number, SEGMENT)) {
            writer.write(0, bytes, 0, SEGMENT);
            writer.finish();
        }
    }

    private void note(String sql, TargetId target, String cluster, Lsn end) throws Exception {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, target.value());
            insert.setString(2, cluster);
            insert.setString(3, end.toString());
            insert.executeUpdate();
        }
    }

    private static <E extends ArchivingEvent> List<E> heard(ControlPlane control, TargetId target, Class<E> type) {
        return control.archiving(target).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
