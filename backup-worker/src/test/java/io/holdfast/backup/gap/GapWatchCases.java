package io.holdfast.backup.gap;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.archive.ArchivingPostgres;
import io.holdfast.backup.job.ControlPlane;
import io.holdfast.events.BackupKind;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wal.ArchivingEvent;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.events.wal.WalGapHealed;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.Reach;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.Surrounding;
import io.holdfast.testing.TestFolders;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that archives, a repository in which somebody makes a hole, and what is heard of it. */
@Timeout(300)
abstract class GapWatchCases {
    private static final String TOKEN = "a-token-of-tests-0123456789";
    private static final int SEGMENT = 1 << 20;

    @Surrounding
    private KafkaBroker broker;

    @Surrounding
    private EventSigner signer;

    private URI worker;

    private Path folder;

    ArchivingPostgres server;
    private ControlPlane control;
    private TargetId target;
    private Path repository;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl");
        worker = URI.create(
                "http://127.0.0.1:" + ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class));
        // Removed at the very end: the worker goes on looking at it.
        folder = TestFolders.make("gap-watch");
        server = ArchivingPostgres.start(17);
        control = new ControlPlane(broker, signer);
        target = new TargetId("t-" + UUID.randomUUID());
        repository = folder.resolve("repository");
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        control.define(
                target,
                1,
                ControlPlane.reached(server.postgres().port(), "postgres", null, null),
                repository,
                new WalArchiving(false, "file:" + token));
        control.outcome(target, BackupKind.FULL, BackupCompleted.class);
        server.archiveTo(worker, target, TOKEN);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.postgres().close();
        }
    }

    private Path object(String segment) {
        return repository.resolve(target + "/" + cluster() + "/wal/00000001/" + segment);
    }

    String cluster() {
        return server.postgres().query("postgres", "select system_identifier from pg_control_system()");
    }

    /** As whoever sees it who has nothing but the repository. */
    RecoveryWindow window() throws Exception {
        try (Repository opened = Repository.open(FileObjectStore.at(repository))) {
            return opened.window(new TargetName(target.value()), new Place(cluster()))
                    .read();
        }
    }

    private <E extends ArchivingEvent> E awaited(Class<E> type) {
        ControlPlane.await(() -> !heard(type).isEmpty());
        return heard(type).getFirst();
    }

    <E extends ArchivingEvent> List<E> heard(Class<E> type) {
        return control.archiving(target).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** Some segments, of which one in the middle is named. */
    private String archiveSome() {
        server.awaitArchived(server.fill(2));
        String middle = server.fill(1);
        server.awaitArchived(server.fill(2));
        return middle;
    }

    /** What is the same for every kind of hole: told once, closed by a backup that nobody but the watch asked for. */
    private void isToldAndHealed(String segment, String reason) throws Exception {
        long made = System.nanoTime();
        WalGapDetected gap = awaited(WalGapDetected.class);
        long told = System.nanoTime();
        assertThat(gap.reason()).isEqualTo(reason);
        assertThat(gap.segments()).containsExactly(segment);
        assertThat(gap.systemIdentifier()).isEqualTo(cluster());
        WalGapHealed healed = awaited(WalGapHealed.class);
        assertThat(healed.backup()).isNotNull();
        System.out.printf(
                "a segment that is %s: told after %.1f s, healed %.1f s later%n",
                reason, (told - made) / 1e9, (System.nanoTime() - told) / 1e9);
        assertThat(healed.fromLsn()).isEqualTo(gap.fromLsn());
        // Cut where the segment begins, and whole again from the backup's end on.
        Lsn cut = new Lsn(new WalSegmentName(segment).segmentNumber(SEGMENT) * SEGMENT);
        assertThat(gap.fromLsn()).isEqualTo(cut.toString());
        RecoveryWindow cutWindow = window();
        assertThat(cutWindow.stretches(1)).hasSize(2);
        assertThat(cutWindow.stretches(1).getFirst().to().lsn()).isEqualTo(cut);
        assertThat(cutWindow.stretches(1).getLast().base().backup().value()).isEqualTo(String.valueOf(healed.backup()));
        assertThat(cutWindow.holes(1))
                .singleElement()
                .satisfies(hole -> assertThat(hole.healedBy()).isPresent());
        server.awaitArchived(server.fill(1));
        assertThat(heard(WalGapDetected.class)).hasSize(1);
        assertThat(heard(WalGapHealed.class)).hasSize(1);
    }

    @Test
    void a_segment_that_is_gone_is_told_once_and_healed_by_a_backup() throws Exception {
        String segment = archiveSome();
        Files.delete(object(segment));

        isToldAndHealed(segment, "missing");

        assertThat(window().stretches(1)).hasSize(2);
        WalGapDetected gap = heard(WalGapDetected.class).getFirst();
        assertThat(window().holes(1).getFirst().from()).hasToString(gap.fromLsn());
        assertThat(window().reach(1, window().holes(1).getFirst().from().plus(1)))
                .isInstanceOf(Reach.Outside.class);
    }

    @Test
    void a_segment_that_was_cut_is_told_and_healed() throws Exception {
        String segment = archiveSome();
        try (FileChannel file = FileChannel.open(object(segment), StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 10);
        }

        isToldAndHealed(segment, "damaged");
    }

    @Test
    void a_damaged_segment_that_is_replaced_by_a_copy_of_what_it_was_is_in_the_window_again() throws Exception {
        String segment = archiveSome();
        Path copy = Files.copy(object(segment), folder.resolve("copy"));
        try (FileChannel file = FileChannel.open(object(segment), StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 10);
        }
        awaited(WalGapHealed.class);
        assertThat(window().stretches(1)).hasSize(2);

        Files.copy(copy, object(segment), StandardCopyOption.REPLACE_EXISTING);

        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> window().stretches(1).size() == 1);
        assertThat(window().holes(1)).isEmpty();
    }

    @Test
    void a_segment_of_another_cluster_in_its_place_is_told_and_healed() throws Exception {
        String segment = archiveSome();
        try (ArchivingPostgres stranger = ArchivingPostgres.start(17)) {
            TargetId other = new TargetId("t-" + UUID.randomUUID());
            Path token = folder.resolve("token");
            control.define(
                    other,
                    1,
                    ControlPlane.reached(stranger.postgres().port(), "postgres", null, null),
                    repository,
                    new WalArchiving(false, "file:" + token));
            stranger.archiveTo(worker, other, TOKEN);
            stranger.awaitArchived(stranger.fill(7));
            String cluster = stranger.postgres().query("postgres", "select system_identifier from pg_control_system()");
            Path foreign = repository.resolve(other + "/" + cluster + "/wal/00000001/" + segment);
            Files.copy(foreign, object(segment), StandardCopyOption.REPLACE_EXISTING);
        }

        isToldAndHealed(segment, "foreign");
    }
}
