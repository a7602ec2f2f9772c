package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.SourceCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumedRestoreTest {
    private static final String OTHER = "00000000-0000-7000-8000-000000000002";
    private static final CheckResult ROWS = new CheckResult("rows of public.item", "postgres", "50000", null);

    @TempDir
    static Path shared;

    private static TargetPlace place;
    private static long bytes;

    @TempDir
    Path folder;

    private Path into;

    @BeforeAll
    static void backUp() throws Exception {
        Repository repository = Repository.openOrInitialise(
                StoreAddress.parse("file://" + Files.createDirectory(store())).connect(StoreAccess.NONE),
                new UUID(1, 2));
        try (PostgresServer server = PostgresServer.of(17).start()) {
            server.execute(
                    "postgres", "create table item as select id, md5(id::text) from generate_series(1, 50000) id");
            place = SourceCluster.backUp(server, repository, PhysicalRestoreTest.BACKUP, shared, each -> {});
        }
        bytes = place.read(PhysicalRestoreTest.BACKUP).manifest().sizes().bytes();
    }

    @BeforeEach
    void open() throws Exception {
        // A server that is started by hand has to get in.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        into = folder.resolve("restored");
    }

    private static Path store() {
        return shared.resolve("repository");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 90, 100})
    void a_restore_goes_on_wherever_its_worker_was_killed(int percent) throws Exception {
        assertGoesOn(percent);
    }

    @Test
    void a_restore_whose_worker_was_killed_goes_on_with_what_it_had() throws Exception {
        assertGoesOn(50);
    }

    private void assertGoesOn(int percent) throws Exception {
        killed(percent, "plain");
        assertThat(into.resolve("global/pg_control")).doesNotExist();

        // when another restore wants the place, and then the job is taken over
        RestoreException refused = failure(request().restore(OTHER));
        RestoredCluster restored = restore(Duration.ZERO).run(request().build(), RestoreWatch.NONE);

        // then less than all was fetched again
        assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(restored.checks()).contains(ROWS);
        Comparison comparison = Objects.requireNonNull(restored.comparison());
        assertThat(comparison.bytesKept()).isGreaterThanOrEqualTo(bytes * (percent - 10) / 100);
        assertThat(comparison.bytesKept() + comparison.bytesFetched()).isEqualTo(restored.bytes());
        assertNothingLeftBeside();
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {5, 100})
    void a_delta_is_no_cluster_wherever_it_was_killed(int percent) throws Exception {
        assertNoClusterUntilCompleted(percent);
    }

    @Test
    void a_delta_that_was_killed_is_no_cluster_until_another_restore_has_completed_it() throws Exception {
        assertNoClusterUntilCompleted(60);
    }

    private void assertNoClusterUntilCompleted(int percent) throws Exception {
        // given a restored cluster that was written to, and a delta over it that is killed
        restore(Duration.ZERO).run(request().build(), RestoreWatch.NONE);
        try (PostgresServer server = PostgresServer.of(17).startOn(into)) {
            server.execute("postgres", "update item set md5 = '' where id % 100 = 0", "create table later (id int)");
        }
        killed(percent, "delta");

        // when somebody starts it, restores into it without --delta, and with it
        String started = start();
        RestoreException refused = failure(request().restore(OTHER));
        RestoredCluster restored =
                restore(Duration.ZERO).run(request().restore(OTHER).delta().build(), RestoreWatch.NONE);

        // then
        assertThat(started).contains("pg_control");
        assertThat(refused.failure().message()).contains("was broken off");
        assertThat(restored.checks())
                .contains(ROWS)
                .noneMatch(check -> check.name().contains("later"));
        assertThat(Objects.requireNonNull(restored.comparison()).bytesKept()).isGreaterThan(bytes / 2);
        assertNothingLeftBeside();
    }

    @Test
    void a_delta_that_fails_leaves_what_there_is_and_says_so() throws Exception {
        restore(Duration.ZERO).run(request().build(), RestoreWatch.NONE);
        Files.delete(into.resolve("base/1/1259"));
        Files.writeString(into.resolve("base/1/1255"), "spoiled");
        Path gone = folder.resolve("gone");
        RequestBuilder delta = request().restore(OTHER).delta();

        // when the repository goes away for good as soon as files are fetched
        AtomicBoolean moved = new AtomicBoolean();
        RestoreException failure = catchThrowableOfType(
                RestoreException.class,
                () -> restore(Duration.ZERO).run(delta.build(), onFirstBytes(() -> move(store(), gone, moved))));
        restore(Duration.ZERO).discard(delta.build().restore(), into.toString());

        // then nothing was removed, and it goes on when it is asked for again
        assertThat(failure.failure().category()).isEqualTo(FailureCategory.REPOSITORY_UNAVAILABLE);
        assertThat(failure.failure().hint()).contains("--delta");
        assertThat(into.resolve("base/1/1249")).exists();
        assertThat(into.resolve("global/pg_control")).doesNotExist();
        Files.move(gone, store());
        RestoredCluster restored = restore(Duration.ZERO).run(delta.build(), RestoreWatch.NONE);
        assertThat(restored.checks()).contains(ROWS);
        assertNothingLeftBeside();
    }

    @Test
    void a_delta_that_cannot_write_any_more_says_what_it_leaves() throws Exception {
        restore(Duration.ZERO).run(request().build(), RestoreWatch.NONE);
        RequestBuilder delta = request().restore(OTHER).delta();
        BackupContent.Physical content = (BackupContent.Physical)
                place.read(PhysicalRestoreTest.BACKUP).manifest().details().content();
        Path segment = into.resolve("pg_wal")
                .resolve(content.wal().segments().getFirst().value());

        // when a file cannot be made
        RestoreException failure = catchThrowableOfType(
                RestoreException.class,
                () -> restore(Duration.ZERO).run(delta.build(), onFirstBytes(() -> makeDirectory(segment))));

        // then
        assertThat(failure.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(failure.failure().message()).contains(segment.toString());
        assertThat(failure.failure().hint()).contains("unfinished").contains("--delta");
        assertThat(into.resolve("global/pg_control")).doesNotExist();
        assertThat(restore(Duration.ZERO).run(delta.build(), RestoreWatch.NONE).checks())
                .contains(ROWS);
    }

    private static void makeDirectory(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void a_repository_that_is_away_for_a_while_is_waited_for() throws Exception {
        // given a repository whose disk is unmounted in the middle and mounted again later
        Path gone = folder.resolve("gone");
        AtomicBoolean moved = new AtomicBoolean();
        Thread mounting = new Thread(() -> {
            while (!moved.get()) {
                Thread.onSpinWait();
            }
            sleep(Duration.ofMillis(2500));
            move(gone, store(), new AtomicBoolean());
        });
        mounting.start();

        RestoredCluster restored =
                restore(Duration.ofMinutes(5)).run(request().build(), onFirstBytes(() -> move(store(), gone, moved)));

        mounting.join();
        assertThat(restored.checks()).contains(ROWS);
        assertThat(moved).isTrue();
        assertNothingLeftBeside();
    }

    private static RestoreWatch onFirstBytes(Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        return new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long bytes, @Nullable Long total) {
                if (!done.getAndSet(true)) {
                    action.run();
                }
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
    }

    private static void move(Path from, Path to, AtomicBoolean moved) {
        try {
            Files.move(from, to);
            moved.set(true);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Leaves what a worker leaves that is killed when so much is there. */
    private void killed(int percent, String how) throws Exception {
        Process worker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeldRestore.class.getName(),
                        "file://" + store(),
                        "orders",
                        PhysicalRestoreTest.BACKUP.value(),
                        into.toString(),
                        work().toString(),
                        PostgresBinaries.of(17).toString(),
                        Long.toString(bytes * percent / 100),
                        how)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = worker.inputReader()) {
            assertThat(said.readLine()).isEqualTo("held");
        } finally {
            worker.destroyForcibly().waitFor();
        }
    }

    private String start() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.conf"), "");
        assertThat(new ProcessBuilder("chown", "-R", "nobody", into.toString())
                        .start()
                        .waitFor())
                .isZero();
        Process server = new ProcessBuilder(
                        "setpriv",
                        "--reuid=nobody",
                        "--regid=nogroup",
                        "--clear-groups",
                        PostgresBinaries.of(17).resolve("bin/postgres").toString(),
                        "-D",
                        into.toString(),
                        "-c",
                        "config_file=" + empty)
                .redirectErrorStream(true)
                .start();
        String said = new String(server.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(server.waitFor()).as(said).isNotZero();
        return said;
    }

    private void assertNothingLeftBeside() {
        assertThat(folder)
                .isDirectoryNotContaining(path -> path.getFileName().toString().startsWith("."));
    }

    private RestoreException failure(RequestBuilder request) {
        RestoreException failure = catchThrowableOfType(
                RestoreException.class, () -> restore(Duration.ZERO).run(request.build(), RestoreWatch.NONE));
        assertThat(failure).isNotNull();
        return failure;
    }

    private RequestBuilder request() {
        return new RequestBuilder(place, into);
    }

    private Path work() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    private PhysicalRestore restore(Duration patience) throws IOException {
        Programs programs = new Programs();
        return new PhysicalRestore(
                new RestoreRoots(List.of(folder)),
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(17))), programs),
                programs,
                "nobody",
                work(),
                patience,
                Clock.systemUTC());
    }
}
