package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.SourceCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore over a stopped cluster that keeps it: with a tablespace, and rows that the backup does not have. */
class SafetyBackupTest {
    private static final CheckResult ROWS = new CheckResult("rows of public.item", "postgres", "1000", null);
    private static final String BEHIND = ".before-00000000-0000-7000-8000-000000000001";

    @TempDir
    Path folder;

    private PostgresServer server;
    private TargetPlace place;
    private Path location;
    private String tablespace;

    @BeforeEach
    void a_cluster_that_went_on_after_its_backup() throws Exception {
        server = PostgresServer.of(17).start();
        location = server.newFolder("fast");
        server.execute(
                "postgres",
                "create tablespace fast location '" + location + "'",
                "create table item as select generate_series(1, 1000) as id",
                "create table elsewhere tablespace fast as select generate_series(1, 500) as id");
        tablespace = server.query("postgres", "select oid from pg_tablespace where spcname = 'fast'");
        place = SourceCluster.backUp(
                server,
                Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2)),
                PhysicalRestoreTest.BACKUP,
                Files.createDirectory(folder.resolve("work")),
                each -> {});
        server.execute(
                "postgres",
                "insert into item select generate_series(1001, 1500)",
                "insert into elsewhere select generate_series(501, 700)");
        server.stop();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void what_lay_there_is_kept_beside_and_can_be_started() throws Exception {
        RestoredCluster restored = engine().run(request().build(), RestoreWatch.NONE);

        // then the backup is there, and what came after it is kept, each with a tablespace of its own
        assertThat(restored.checks())
                .contains(ROWS)
                .contains(new CheckResult("rows of public.elsewhere", "postgres", "500", null));
        Path kept = data().resolveSibling(data().getFileName() + BEHIND);
        Path keptTablespace = location.resolveSibling("fast" + BEHIND);
        assertThat(restored.keptAside()).containsExactly(kept, keptTablespace);
        assertThat(link(data())).isEqualTo(location);
        assertThat(link(kept)).isEqualTo(keptTablespace);
        assertThat(data().resolveSibling("." + data().getFileName() + ".holdfast-restore"))
                .doesNotExist();
        try (PostgresServer before = PostgresServer.of(17).startOn(kept)) {
            assertThat(before.query("postgres", "select count(*) from item")).isEqualTo("1500");
            assertThat(before.query("postgres", "select count(*) from elsewhere"))
                    .isEqualTo("700");
        }
    }

    @Test
    void a_restore_that_fails_for_good_puts_back_what_lay_there() throws Exception {
        Map<String, String> before = Trees.of(data());
        Map<String, String> beforeInTablespace = Trees.of(location);

        RestoreException failure = failure(
                request().check(new SqlCheck("all there", "postgres", "select count(*) from item", "999")),
                RestoreWatch.NONE);

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.CHECK_FAILED);
        assertThat(failure.failure().hint()).contains(BEHIND).contains("is put back");
        assertThat(Trees.of(data())).isEqualTo(before);
        assertThat(Trees.of(location)).isEqualTo(beforeInTablespace);
        assertThat(link(data())).isEqualTo(location);
        assertNothingKept();
    }

    @Test
    void one_that_was_stopped_goes_on_and_still_knows_what_it_kept() throws Exception {
        Throwable stopped = catchThrowableOfType(
                InterruptedException.class, () -> engine().run(request().build(), new StoppedWhileFetching()));
        assertThat(stopped).isNotNull();
        assertThat(data().resolve("global/pg_control")).doesNotExist();

        RestoredCluster restored = engine().run(request().build(), RestoreWatch.NONE);

        assertThat(restored.checks()).contains(ROWS);
        assertThat(restored.keptAside())
                .hasSize(2)
                .allSatisfy(each -> assertThat(each).isDirectory());
    }

    @Test
    void one_that_no_attempt_follows_puts_back_what_lay_there() throws Exception {
        Map<String, String> before = Trees.of(data());
        assertThat(catchThrowableOfType(
                        InterruptedException.class, () -> engine().run(request().build(), new StoppedWhileFetching())))
                .isNotNull();

        engine().discard(request().build().restore(), data().toString());

        assertThat(Trees.of(data())).isEqualTo(before);
        assertNothingKept();
    }

    @Test
    void one_that_was_killed_before_it_had_moved_anything_leaves_it_as_it_is() throws Exception {
        Map<String, String> before = Trees.of(data());
        PhysicalRequest request = request().build();
        new RestoreMarker(
                        request.restore(),
                        request.backup().value(),
                        place.place().value(),
                        List.of(data(), location),
                        List.of(),
                        List.of(),
                        List.of(data(), location))
                .write(RestoreMarker.beside(data()));
        ControlFileAside.in(data());

        engine().discard(request.restore(), data().toString());

        assertThat(Trees.of(data())).isEqualTo(before);
        assertThat(RestoreMarker.beside(data())).doesNotExist();
    }

    @Test
    void a_tablespace_that_holds_more_than_the_cluster_is_refused_before_anything_is_moved() throws Exception {
        Files.writeString(location.resolve("letter"), "somebody else's");
        Map<String, String> before = Trees.of(data());

        RestorePreview preview = engine().preview(request().build());
        RestoreException refused = failure(request(), RestoreWatch.NONE);

        assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(refused.failure().message()).contains(location.toString());
        assertThat(refused.failure().hint()).contains("without a safety backup");
        assertThat(preview.refusals()).containsExactly(refused.failure());
        assertThat(Trees.of(data())).isEqualTo(before);
        assertNothingKept();
    }

    @Test
    void one_in_which_somebody_works_is_refused_and_stays_where_it_is() throws Exception {
        server.start();

        RestoreException refused = failure(request(), RestoreWatch.NONE);

        assertThat(refused.failure().message()).contains("in use");
        assertThat(server.query("postgres", "select count(*) from item")).isEqualTo("1500");
        assertNothingKept();
    }

    private void assertNothingKept() {
        assertThat(server.dataDirectory().getParent())
                .isDirectoryNotContaining(each -> each.getFileName().toString().contains(".before-"));
    }

    private Path link(Path data) throws IOException {
        Path link = data.resolve("pg_tblspc").resolve(tablespace);
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(Files.isDirectory(Files.readSymbolicLink(link), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        return Files.readSymbolicLink(link);
    }

    private Path data() {
        return server.dataDirectory();
    }

    private RestoreException failure(RequestBuilder request, RestoreWatch watch) {
        RestoreException failure =
                catchThrowableOfType(RestoreException.class, () -> engine().run(request.build(), watch));
        assertThat(failure).isNotNull();
        return failure;
    }

    private RequestBuilder request() {
        return new RequestBuilder(place, data())
                .tablespaces(Map.of(tablespace, location.toString()))
                .delta()
                .safetyBackup();
    }

    private PhysicalRestore engine() throws IOException {
        Programs programs = new Programs();
        return new PhysicalRestore(
                new RestoreRoots(
                        List.of(Path.of(System.getProperty("java.io.tmpdir")).toRealPath())),
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(17))), programs),
                programs,
                "nobody",
                folder.resolve("work"),
                Duration.ZERO,
                Clock.systemUTC());
    }
}
