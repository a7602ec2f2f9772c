package io.holdfast.backup.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.dump.InstalledTools;
import io.holdfast.backup.tool.ToolException;
import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.EventId;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.MemoryDisk;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a request on Kafka to what comes of it, with real servers to back up. */
@QuarkusTest
@TestProfile(BackupWorkerProfile.class)
@Timeout(300)
class BackupWorkerTest {
    private static final String PASSWORD = "correct horse: \\battery\\";

    @Surrounding
    private KafkaBroker broker;

    @Surrounding
    private EventSigner signer;

    private static PostgresServer newest;
    private static PostgresServer oldest;

    @Inject
    DataSource database;

    @TempDir
    private Path folder;

    private Path repository;
    private ControlPlane control;

    @BeforeAll
    static void startServers() {
        newest = server(18);
        oldest = server(15);
    }

    @AfterAll
    static void stopServers() {
        newest.close();
        oldest.close();
    }

    private static PostgresServer server(int major) {
        PostgresServer server = PostgresServer.of(major)
                .hba("host all,replication backup 127.0.0.1/32 scram-sha-256")
                .start();
        server.execute(
                "postgres",
                "create role backup superuser replication login password '" + PASSWORD + "'",
                "create table orders as select id, md5(id::text) as note from generate_series(1, 20000) as id");
        return server;
    }

    @BeforeEach
    void openControlPlane() {
        repository = folder.resolve("repository");
        control = new ControlPlane(broker, signer);
    }

    @Test
    void a_full_backup_is_completed_with_what_its_manifest_says() throws Exception {
        // given
        TargetId target = control.define(reached(newest), repository);

        // when
        EventId request = control.ask(target, BackupKind.FULL);
        BackupCompleted completed = control.outcome(request, BackupCompleted.class);

        // then
        BackupManifest manifest = onlyManifest(target);
        assertThat(completed.backupId()).isEqualTo(BackupId.of(request));
        assertThat(completed.manifest())
                .isEqualTo(target + "/" + completed.systemIdentifier() + "/manifests/" + completed.backupId());
        assertThat(repository.resolve(completed.manifest())).isRegularFile();
        assertThat(completed.systemIdentifier())
                .isEqualTo(newest.query("postgres", "select system_identifier from pg_control_system()"));
        assertThat(completed.serverVersion())
                .isEqualTo(newest.query("postgres", "select split_part(current_setting('server_version'), ' ', 1)"));
        assertThat(completed.bytes()).isEqualTo(manifest.sizes().bytes()).isGreaterThan(5_000_000);
        assertThat(completed.storedBytes())
                .isEqualTo(manifest.sizes().storedBytes())
                .isBetween(1L, completed.bytes());
        assertThat(completed.timeline()).isEqualTo(1);
        assertThat(completed.startLsn()).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(completed.stopLsn()).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(completed.finishedAt()).isAfterOrEqualTo(completed.startedAt());
        assertThat(completed.reason()).isEqualTo("before the test");
        assertThat(completed.requestedBy()).isEqualTo("a test");
        assertThat(completed.exceptions()).isNull();
        assertThat(control.started(request)).singleElement().satisfies(started -> {
            assertThat(started.attempt()).isEqualTo(1);
            assertThat(started.worker()).contains("test-1");
        });
        assertThat(manifest.details().labels()).containsEntry("requested_by", "a test");
    }

    @Test
    void an_incremental_backup_says_how_it_was_made() throws Exception {
        // given
        TargetId target = control.define(reached(oldest), repository);

        // when
        BackupCompleted first = control.outcome(target, BackupKind.INCREMENTAL, BackupCompleted.class);
        BackupCompleted second = control.outcome(target, BackupKind.INCREMENTAL, BackupCompleted.class);

        // then
        assertThat(first.kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(first.method()).isEqualTo("full");
        assertThat(first.parent()).isNull();
        assertThat(first.fallbackReason()).contains("no physical backup");
        assertThat(second.method()).isEqualTo("page_compare");
        assertThat(second.parent()).isEqualTo(first.backupId());
        assertThat(second.storedBytes()).isLessThan(first.storedBytes() / 4);
    }

    @Test
    void while_the_stream_of_a_target_is_refused_its_backups_use_nothing_of_earlier_ones() throws Exception {
        // given
        TargetId target = control.define(reached(oldest), repository);
        BackupCompleted first = control.outcome(target, BackupKind.INCREMENTAL, BackupCompleted.class);
        try (Connection connection = database.getConnection();
                PreparedStatement refusing = connection.prepareStatement(
                        "insert into wal_stream (target, heard_at, refused_identifier, refused_timeline, refused_reason)"
                                + " values (?, now(), ?, 1, 'The server was set back.')")) {
            refusing.setString(1, target.value());
            refusing.setString(2, first.systemIdentifier());
            refusing.executeUpdate();
        }

        // when
        BackupCompleted second = control.outcome(target, BackupKind.INCREMENTAL, BackupCompleted.class);

        // then
        assertThat(second.method()).isEqualTo("full");
        assertThat(second.parent()).isNull();
        assertThat(second.fallbackReason()).isEqualTo("the server's log is refused: The server was set back.");
        assertThat(second.storedBytes()).isGreaterThan(first.storedBytes() / 2);
    }

    @Test
    void each_repository_of_a_target_gets_the_backups_that_name_it() throws Exception {
        // given
        Path near = folder.resolve("near");
        Path far = folder.resolve("far");
        TargetId target = control.define(reached(oldest), List.of(near, far));
        RepositoryId first = ControlPlane.repositoryOf(target, near);
        RepositoryId second = ControlPlane.repositoryOf(target, far);

        // when: asked for at the same time, none waits for another's outcome
        List<EventId> asked = List.of(
                control.ask(target, BackupKind.INCREMENTAL, second),
                control.ask(target, BackupKind.INCREMENTAL),
                control.ask(target, BackupKind.INCREMENTAL, second),
                control.ask(target, BackupKind.INCREMENTAL, first));
        List<BackupCompleted> completed = asked.stream()
                .map(request -> control.outcome(request, BackupCompleted.class))
                .toList();

        // then
        assertThat(completed).extracting(BackupCompleted::repository).containsExactly(second, first, second, first);
        assertThat(completed)
                .extracting(BackupCompleted::method)
                .containsExactly("full", "full", "page_compare", "page_compare");
        assertThat(completed.get(2).parent()).isEqualTo(completed.get(0).backupId());
        assertThat(completed.get(3).parent()).isEqualTo(completed.get(1).backupId());
        assertThat(StoredBackup.all(near, target)).hasSize(2);
        assertThat(StoredBackup.all(far, target)).hasSize(2);
        assertThat(asked)
                .allSatisfy(request -> assertThat(control.started(request)).hasSize(1));
    }

    @Test
    void a_repository_that_the_target_does_not_go_to_gets_nothing_though_it_is_defined() throws Exception {
        TargetId target = control.define(reached(oldest), List.of(folder.resolve("near")));
        Path elsewhere = folder.resolve("elsewhere");
        TargetId other = control.define(reached(oldest), List.of(elsewhere));
        RepositoryId foreign = ControlPlane.repositoryOf(other, elsewhere);

        BackupFailed failed = control.outcome(control.ask(target, BackupKind.FULL, foreign), BackupFailed.class);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(failed.failure().message()).contains("does not go to", foreign.value());
        assertThat(failed.failure().hint())
                .contains(ControlPlane.repositoryOf(target, folder.resolve("near"))
                        .value());
        assertThat(failed.repository()).isEqualTo(foreign);
        assertThat(elsewhere).doesNotExist();
    }

    @Test
    void a_logical_backup_is_completed_with_its_databases() throws Exception {
        InstalledTools.assumeFor(15);
        TargetId target = control.define(reached(oldest), repository);

        BackupCompleted completed = control.outcome(target, BackupKind.LOGICAL, BackupCompleted.class);

        assertThat(completed.databases()).containsExactly("postgres");
        assertThat(completed.manifest()).isEqualTo(target + "/logical/manifests/" + completed.backupId());
        assertThat(completed.timeline()).isNull();
        assertThat(completed.bytes()).isEqualTo(onlyManifest(target).sizes().bytes());
    }

    @Test
    void the_same_request_ten_times_is_one_backup() throws Exception {
        TargetId target = control.define(reached(oldest), repository);
        EventId request = new EventId(UUID.randomUUID().toString());
        WireEvent[] deliveries = new WireEvent[10];
        Arrays.fill(deliveries, ControlPlane.request(request, target, BackupKind.FULL));

        broker.send(deliveries);
        control.outcome(request, BackupCompleted.class);
        // What comes behind the ten of this target is done after them.
        control.outcome(target, BackupKind.FULL, BackupCompleted.class);

        assertThat(control.outcomes(request)).hasSize(1);
        assertThat(control.started(request)).hasSize(1);
        assertThat(StoredBackup.all(repository, target)).hasSize(2);
    }

    @Test
    void a_target_that_nobody_defined_is_said_so() {
        BackupFailed failed = control.outcome(new TargetId("nobody"), BackupKind.FULL, BackupFailed.class);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.UNKNOWN_TARGET);
        assertThat(failed.failure().hint()).isNotBlank();
        assertThat(failed.repository()).isNull();
        assertThat(failed.startedAt()).isNull();
    }

    @ParameterizedTest
    @EnumSource(BackupKind.class)
    void a_wrong_password_fails_at_once_and_is_not_repeated(BackupKind kind) throws Exception {
        TargetId target =
                control.define(ControlPlane.reached(oldest.port(), "backup", secret("wrong"), null), repository);

        BackupFailed failed = control.outcome(target, kind, BackupFailed.class);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.AUTHENTICATION);
        assertThat(failed.failure().hint()).contains("password");
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(failed.repository()).isNotNull();
        assertThat(StoredBackup.all(repository, target)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(BackupKind.class)
    void a_server_that_cannot_be_reached_is_tried_again_before_it_fails(BackupKind kind) throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        TargetId target = control.define(ControlPlane.reached(nobody, "backup", null, null), repository);

        BackupFailed failed = control.outcome(target, kind, BackupFailed.class);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONNECTION);
        assertThat(failed.attempts()).isEqualTo(2);
    }

    @Test
    void a_secret_that_is_not_there_is_a_fault_of_the_configuration() {
        TargetId target =
                control.define(ControlPlane.reached(oldest.port(), "backup", "env:NO_SUCH_VARIABLE", null), repository);

        BackupFailed failed = control.outcome(target, BackupKind.FULL, BackupFailed.class);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(failed.failure().message()).contains("NO_SUCH_VARIABLE");
    }

    @Test
    void a_server_newer_than_every_pg_dump_is_refused_beforehand() throws Exception {
        try {
            InstalledTools.all().suitableFor(18);
            Assumptions.abort("this host has a pg_dump for PostgreSQL 18");
        } catch (ToolException.Unsuitable expected) {
            assertThat(expected).hasMessageContaining("PostgreSQL 18");
        }
        TargetId target = control.define(reached(newest), repository);

        BackupFailed failed = control.outcome(target, BackupKind.LOGICAL, BackupFailed.class);

        assertThat(failed.failure().category()).isEqualTo(FailureCategory.TOOL_VERSION);
        assertThat(failed.failure().hint()).contains("HOLDFAST_POSTGRES_INSTALLATIONS");
        assertThat(StoredBackup.all(repository, target)).isEmpty();
    }

    @Test
    void a_server_killed_in_mid_stream_fails_the_backup_and_the_next_one_succeeds() throws Exception {
        try (PostgresServer doomed = server(15)) {
            // given: so slow that the kill comes in the middle
            TargetId target =
                    control.define(ControlPlane.reached(doomed.port(), "backup", secret(PASSWORD), 1024), repository);
            EventId request = control.ask(target, BackupKind.FULL);
            awaitStreaming(doomed);

            // when
            doomed.kill();

            // then: the first attempt was cut, the second found nobody
            BackupFailed failed = control.outcome(request, BackupFailed.class);
            assertThat(failed.failure().category())
                    .isIn(FailureCategory.CONNECTION, FailureCategory.SERVER_INTERRUPTED);
            assertThat(failed.attempts()).isEqualTo(2);
            assertThat(StoredBackup.all(repository, target)).isEmpty();

            doomed.start();
            TargetId again =
                    control.define(ControlPlane.reached(doomed.port(), "backup", secret(PASSWORD), null), repository);
            control.outcome(again, BackupKind.FULL, BackupCompleted.class);
        }
    }

    @Test
    void a_cancelled_backup_stops_in_the_middle_and_is_not_listed() throws Exception {
        try (PostgresServer slow = server(18)) {
            TargetId target =
                    control.define(ControlPlane.reached(slow.port(), "backup", secret(PASSWORD), 1024), repository);
            EventId request = control.ask(target, BackupKind.FULL);
            awaitStreaming(slow);

            control.cancel(request, target);

            BackupCancelled cancelled = control.outcome(request, BackupCancelled.class);
            assertThat(cancelled.cancelledBy()).isEqualTo("a test");
            assertThat(cancelled.reason()).isEqualTo("no more");
            assertThat(StoredBackup.all(repository, target)).isEmpty();
            ControlPlane.await(() -> slow.query("postgres", "select count(*) from pg_replication_slots")
                    .equals("0"));
        }
    }

    @Test
    void a_full_repository_fails_the_backup() throws Exception {
        try (MemoryDisk disk = MemoryDisk.mounted(folder.resolve("disk"), 1)) {
            TargetId target = control.define(reached(newest), disk.path());

            BackupFailed failed = control.outcome(target, BackupKind.FULL, BackupFailed.class);

            assertThat(failed.failure().category()).isEqualTo(FailureCategory.REPOSITORY_FULL);
            assertThat(StoredBackup.all(disk.path(), target)).isEmpty();
        }
    }

    @Test
    void a_repository_that_is_read_only_fails_the_backup_and_the_next_one_succeeds() throws Exception {
        try (MemoryDisk disk = MemoryDisk.mounted(folder.resolve("disk"), 200)) {
            TargetId target = control.define(reached(newest), disk.path());
            disk.readOnly(true);

            BackupFailed failed = control.outcome(target, BackupKind.FULL, BackupFailed.class);

            assertThat(failed.failure().category()).isEqualTo(FailureCategory.REPOSITORY_READ_ONLY);
            assertThat(failed.failure().hint()).isNotBlank();
            disk.readOnly(false);
            control.outcome(target, BackupKind.FULL, BackupCompleted.class);
        }
    }

    @Test
    void a_repository_that_is_gone_fails_the_backup_and_is_not_made_again() throws Exception {
        // given
        TargetId target = control.define(reached(oldest), repository);
        control.outcome(target, BackupKind.FULL, BackupCompleted.class);
        Path away = Files.move(repository, folder.resolve("away"));

        // when
        BackupFailed failed = control.outcome(target, BackupKind.FULL, BackupFailed.class);

        // then
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REPOSITORY_UNAVAILABLE);
        assertThat(failed.failure().hint()).contains("mounted", "holdfast.yaml");
        assertThat(repository).doesNotExist();

        // when: back again
        Files.move(away, repository);
        control.outcome(target, BackupKind.FULL, BackupCompleted.class);

        // then
        assertThat(StoredBackup.all(repository, target)).hasSize(2);
    }

    @Test
    void a_backup_whose_worker_ended_before_it_could_say_so_is_said_as_it_was_made() throws Exception {
        // given: a committed backup, made under the id of a request that nobody has answered yet
        TargetId target = control.define(reached(oldest), repository);
        EventId request = new EventId(UUID.randomUUID().toString());
        BackupManifest made = CommittedBackup.of(oldest, repository, target, request, folder);

        // when
        broker.send(ControlPlane.request(request, target, BackupKind.FULL));
        BackupCompleted completed = control.outcome(request, BackupCompleted.class);

        // then
        assertThat(control.started(request)).isEmpty();
        assertThat(completed.bytes()).isEqualTo(made.sizes().bytes());
        assertThat(completed.storedBytes()).isEqualTo(made.sizes().storedBytes());
        assertThat(completed.startedAt()).isEqualTo(made.details().startedAt());
        assertThat(completed.finishedAt()).isEqualTo(made.details().finishedAt());
        assertThat(onlyManifest(target).attempt()).isEqualTo(made.attempt());
    }

    @Test
    void no_local_files_remain() throws Exception {
        TargetId target = control.define(reached(oldest), repository);
        control.outcome(target, BackupKind.FULL, BackupCompleted.class);

        ControlPlane.await(() -> {
            try (Stream<Path> files = Files.list(Path.of("target/work-of-tests/attempts"))) {
                return files.findAny().isEmpty();
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private io.holdfast.events.definition.PostgresServer reached(PostgresServer server) throws java.io.IOException {
        return ControlPlane.reached(server.port(), "backup", secret(PASSWORD), null);
    }

    private String secret(String value) throws java.io.IOException {
        Path file = Files.createTempFile(folder, "secret", "");
        return "file:" + Files.writeString(file, value + "\n");
    }

    private static void awaitStreaming(PostgresServer server) {
        ControlPlane.await(() -> server.query(
                        "postgres", "select count(*) from pg_stat_progress_basebackup where backup_streamed > 0")
                .equals("1"));
    }

    private BackupManifest onlyManifest(TargetId target) throws Exception {
        List<BackupManifest> all = StoredBackup.all(repository, target);
        assertThat(all).hasSize(1);
        return all.getFirst();
    }
}
