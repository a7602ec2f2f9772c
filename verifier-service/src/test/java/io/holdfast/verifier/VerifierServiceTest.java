package io.holdfast.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.VerificationCancelled;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.Surrounding;
import io.holdfast.verifier.verification.ClusterCopy;
import io.holdfast.verifier.verification.Dumps;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@TestProfile(VerifierProfile.class)
class VerifierServiceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static ClusterCopy cluster;

    private final EventCodec codec = new EventCodec();
    private final TargetId target = new TargetId("orders");
    private final BackupId backup = BackupId.of(UUID.randomUUID().toString());
    private final EventId correlation = new EventId(UUID.randomUUID().toString());
    private final RepositoryId repositoryId = new RepositoryId("r-" + UUID.randomUUID());

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    Definitions definitions;

    @TempDir
    Path folder;

    @TempDir
    Path work;

    private Repository repository;

    @BeforeAll
    static void copyACluster() throws SQLException, IOException {
        try (PostgresServer server =
                PostgresServer.of(17).initdb("--wal-segsize=1").start()) {
            cluster = ClusterCopy.of(server);
        }
    }

    @BeforeEach
    void makeRepository() throws IOException {
        repository = Repository.openOrInitialise(FileObjectStore.at(folder), UUID.randomUUID());
        RepositoryDefined definition =
                new RepositoryDefined(repositoryId, 1, folder.toUri().toString());
        broker.send(controlPlane.sign(codec.encode(event(definition)), null));
        await().atMost(PATIENCE)
                .until(() -> definitions.repository(repositoryId).isPresent());
    }

    @Test
    void a_good_physical_backup_is_verified_in_its_structure_once() throws IOException {
        BackupManifest manifest = storeCluster();
        WireEvent completed = codec.encode(event(completed(manifest)));

        broker.send(completed, completed);

        assertThat(outcome()).isInstanceOfSatisfying(BackupVerified.class, verified -> {
            assertThat(verified.level()).isEqualTo(VerificationLevel.STRUCTURE);
            assertThat(verified.backupId()).isEqualTo(backup);
            assertThat(verified.repository()).isEqualTo(repositoryId);
            assertThat(verified.bytesRead()).isPositive();
        });
        broker.send(codec.encode(event(requested(manifest))));
        await().atMost(PATIENCE).until(() -> outcomes().size() >= 2);
        assertThat(outcomes()).hasSize(2);
    }

    @Test
    void a_good_logical_backup_is_verified() throws IOException {
        BackupManifest manifest = storeDumps();

        broker.send(codec.encode(event(completed(manifest))));

        assertThat(outcome())
                .isInstanceOfSatisfying(
                        BackupVerified.class,
                        verified -> assertThat(verified.level())
                                .isIn(VerificationLevel.STRUCTURE, VerificationLevel.BYTES));
    }

    @Test
    void a_flipped_byte_in_a_pack_is_named_with_object_and_file() throws IOException {
        BackupManifest manifest = storeCluster();
        ObjectKey pack = layout(manifest)
                .pack(new PackName(
                        manifest.backup(),
                        manifest.attempt(),
                        manifest.packs().getFirst().number()));
        flip(pack.value());

        VerificationFailed failed = failure(manifest);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(failed.failure().message()).contains(pack.value());
        assertThat(failed.level()).isEqualTo(VerificationLevel.STRUCTURE);
        assertThat(failed.damages()).anySatisfy(damage -> {
            assertThat(damage.object()).isEqualTo(pack.value());
            assertThat(damage.file()).isNotNull();
        });
    }

    @Test
    void a_flipped_byte_in_a_map_is_named() throws IOException {
        BackupManifest manifest = storeCluster();
        String map = firstObject("maps/");
        flip(map);

        assertThat(failure(manifest).damages())
                .anySatisfy(damage -> assertThat(damage.object()).isEqualTo(map));
    }

    @Test
    void a_flipped_byte_in_the_manifest_is_named() throws IOException {
        BackupManifest manifest = storeCluster();
        String key = layout(manifest).manifest(manifest.backup()).value();
        flip(key);

        VerificationFailed failed = failure(manifest);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(failed.damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.object()).isEqualTo(key));
    }

    @Test
    void a_flipped_byte_in_wal_is_named() throws IOException {
        BackupManifest manifest = storeCluster();
        String segment = layout(manifest)
                .walSegment(cluster.needed().segments().getLast())
                .value();
        flip(segment);

        VerificationFailed failed = failure(manifest);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(failed.damages())
                .anySatisfy(damage -> assertThat(damage.object()).isEqualTo(segment));
    }

    @Test
    void a_missing_wal_segment_is_named() throws IOException {
        BackupManifest manifest = storeCluster();
        String segment = layout(manifest)
                .walSegment(cluster.needed().segments().getFirst())
                .value();
        Files.delete(folder.resolve(segment));

        VerificationFailed failed = failure(manifest);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.WAL_MISSING);
        assertThat(failed.damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.object()).isEqualTo(segment));
    }

    @Test
    void a_backup_that_is_gone_is_said_to_be() throws IOException {
        BackupManifest manifest = storeDumps();
        Files.delete(folder.resolve(layout(manifest).manifest(manifest.backup()).value()));

        assertThat(failure(manifest).failure().category()).isEqualTo(FailureCategory.BACKUP_NOT_FOUND);
    }

    @Test
    void a_repository_that_nobody_defined_is_said_to_be() throws IOException {
        BackupManifest manifest = storeDumps();
        VerificationRequested elsewhere = new VerificationRequested(
                target, backup, new RepositoryId("unknown"), requested(manifest).manifest(), null, null);

        broker.send(codec.encode(event(elsewhere)));

        assertThat(outcome())
                .isInstanceOfSatisfying(
                        VerificationFailed.class,
                        failed -> assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION));
    }

    @Test
    void a_verification_that_hangs_in_the_storage_ends_when_it_is_cancelled() throws Exception {
        BackupManifest manifest = storeDumps();
        Path pack = folder.resolve(layout(manifest)
                .pack(new PackName(
                        manifest.backup(),
                        manifest.attempt(),
                        manifest.packs().getFirst().number()))
                .value());
        Files.delete(pack);
        // Whoever opens a pipe to read it waits until somebody writes.
        assertThat(new ProcessBuilder("mkfifo", pack.toString()).start().waitFor())
                .isZero();
        Event<VerificationRequested> request = event(requested(manifest));

        broker.send(codec.encode(request));
        await().atMost(PATIENCE).until(() -> isReading());
        broker.send(codec.encode(event(new CancellationRequested(target, request.id(), "not now", "anna"))));

        assertThat(outcome()).isInstanceOfSatisfying(VerificationCancelled.class, cancelled -> {
            assertThat(cancelled.cancelledBy()).isEqualTo("anna");
            assertThat(cancelled.reason()).isEqualTo("not now");
        });
        Files.newOutputStream(pack).close();
    }

    private static boolean isReading() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("verification-"))
                .flatMap(thread -> Stream.of(thread.getValue()))
                .anyMatch(frame -> frame.getMethodName().equals("verify"));
    }

    private VerificationFailed failure(BackupManifest manifest) {
        broker.send(codec.encode(event(completed(manifest))));
        EventData outcome = outcome();
        assertThat(outcome).isInstanceOf(VerificationFailed.class);
        return (VerificationFailed) outcome;
    }

    private EventData outcome() {
        await().atMost(PATIENCE).until(() -> !outcomes().isEmpty());
        return outcomes().getFirst();
    }

    private List<EventData> outcomes() {
        return broker.records(Topic.EVENTS.topicName()).stream()
                .map(codec::decode)
                .filter(decoded -> decoded instanceof Decoded.Known known
                        && known.type() != EventType.BACKUP_COMPLETED
                        && known.event().correlationId().equals(correlation))
                .<EventData>map(decoded -> ((Decoded.Known) decoded).event().data())
                .toList();
    }

    private BackupManifest storeCluster() throws IOException {
        return cluster.store(place(cluster.place()), repositoryBackup(), work).manifest();
    }

    private BackupManifest storeDumps() throws IOException {
        return Dumps.good()
                .store(place(Place.LOGICAL), repositoryBackup(), work)
                .manifest();
    }

    private TargetPlace place(Place place) {
        return repository.at(new TargetName(target.value()), place);
    }

    private io.holdfast.repository.BackupId repositoryBackup() {
        return new io.holdfast.repository.BackupId(backup.toString());
    }

    private static PlaceLayout layout(BackupManifest manifest) {
        return new PlaceLayout(manifest.target(), manifest.place());
    }

    private String firstObject(String folderName) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> name.contains("/" + folderName))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    private void flip(String object) throws IOException {
        Path file = folder.resolve(object);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(file, bytes);
    }

    private BackupCompleted completed(BackupManifest manifest) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return new BackupCompleted(
                backup,
                target,
                BackupKind.FULL,
                repositoryId,
                requested(manifest).manifest(),
                1,
                1,
                now,
                now,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private VerificationRequested requested(BackupManifest manifest) {
        return new VerificationRequested(
                target,
                backup,
                repositoryId,
                layout(manifest).manifest(manifest.backup()).value(),
                null,
                "test");
    }

    private <D extends EventData> Event<D> event(D data) {
        EventId id = new EventId(UUID.randomUUID().toString());
        return new Event<>(id, "/test", Instant.now(), correlation, null, null, data);
    }
}
