package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.restore.RestorePlanned.Found;
import io.holdfast.events.restore.RestorePlanned.Plan;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore says and makes sure of before it touches anything. */
class RestorePreviewTest {

    @TempDir
    Path folder;

    private PostgresServer server;
    private Repository repository;
    private TargetPlace place;
    private String table;

    /** A stopped cluster and its backup. */
    @BeforeEach
    void backUp() throws Exception {
        repository = Repository.openOrInitialise(
                StoreAddress.parse("file://" + Files.createDirectory(store())).connect(StoreAccess.NONE),
                new UUID(1, 2));
        server = PostgresServer.of(17).start();
        server.execute("postgres", "create table item as select generate_series(1, 1000) as id");
        table = server.query("postgres", "select pg_relation_filepath('item')");
        place = SourceCluster.backUp(server, repository, PhysicalRestoreTest.BACKUP, folder, each -> {});
        server.stop();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        repository.close();
    }

    private Path store() {
        return folder.resolve("repository");
    }

    @Test
    void into_a_directory_that_does_not_exist_it_says_what_it_would_do_and_makes_nothing() throws Exception {
        Path into = folder.resolve("fresh/cluster");

        RestorePreview preview = engine().preview(new RequestBuilder(place, into).build());

        assertThat(preview.refusals()).isEmpty();
        Plan plan = planOf(preview);
        assertThat(plan.directory()).isEqualTo(into.toString());
        assertThat(plan.found()).isEqualTo(new Found("nothing", null, null, null, null));
        assertThat(plan.recoverTo()).isEqualTo("the backup's end");
        assertThat(plan.path()).singleElement().satisfies(leg -> {
            assertThat(leg.timeline()).isEqualTo(1);
            assertThat(leg.fromLsn()).isNotEqualTo(leg.toLsn());
        });
        assertThat(plan.bytes()).isGreaterThan(1 << 20);
        assertThat(plan.walBytes()).isPositive();
        assertThat(plan.freeBytes()).isPositive();
        assertThat(into.getParent()).doesNotExist();
    }

    @Test
    void over_the_stopped_cluster_it_says_which_one_it_is_and_leaves_it_as_it_is() throws Exception {
        Path data = server.dataDirectory();
        Map<String, String> before = Trees.of(data);

        RestorePreview preview =
                engine().preview(new RequestBuilder(place, data).delta().build());

        assertThat(preview.refusals()).isEmpty();
        Found found = planOf(preview).found();
        assertThat(found.what()).isEqualTo("cluster");
        assertThat(found.systemIdentifier()).isEqualTo(place.place().value());
        assertThat(found.major()).isEqualTo("17");
        assertThat(found.running()).isFalse();
        assertThat(found.bytes()).isGreaterThan(1 << 20);
        assertThat(Trees.of(data)).isEqualTo(before);
        assertThat(RestoreMarker.beside(data)).doesNotExist();
    }

    @Test
    void over_a_running_cluster_it_says_what_the_real_one_would_refuse() throws Exception {
        server.start();

        PhysicalRequest request =
                new RequestBuilder(place, server.dataDirectory()).delta().build();
        RestorePreview preview = engine().preview(request);
        RestoreException refused = refused(request);

        assertThat(planOf(preview).found().running()).isTrue();
        assertThat(preview.refusals()).extracting(Failure::category).containsExactly(FailureCategory.DESTINATION);
        assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(preview.refusals().getFirst().message())
                .isEqualTo(refused.failure().message());
    }

    @Test
    void every_refusal_is_said_not_only_the_first() throws Exception {
        // given a directory that holds a cluster, and a moment that nothing leads to
        Path data = server.dataDirectory();
        PhysicalRequest request = new RequestBuilder(place, data)
                .encryptedOnly()
                .recoverTo(
                        new RecoveryTarget.Position("FFFF/0", null, null),
                        repository.window(place.target(), place.place()))
                .build();

        RestorePreview preview = engine().preview(request);

        assertThat(preview.plan()).isNull();
        assertThat(preview.refusals())
                .extracting(Failure::category)
                .containsExactly(FailureCategory.REFUSED, FailureCategory.DESTINATION, FailureCategory.WAL_MISSING);
        assertThat(preview.refusals().get(1).message()).contains("holds another PostgreSQL cluster");
        assertThat(refused(request).failure()).isEqualTo(preview.refusals().getFirst());
    }

    @Test
    void a_damaged_byte_is_found_before_anything_is_given_up() throws Exception {
        // given a whole backup, which is verified, and then one byte of it that is another one
        Path data = server.dataDirectory();
        PhysicalRequest request = new RequestBuilder(place, data).delta().build();
        engine().verify(request, RestoreWatch.NONE);
        Flip.aByteOf(place.read(PhysicalRestoreTest.BACKUP), table, store());
        Map<String, String> before = Trees.of(data);

        RestoreException damaged =
                catchThrowableOfType(RestoreException.class, () -> engine().verify(request, RestoreWatch.NONE));

        assertThat(damaged.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(damaged.failure().hint()).contains("Nothing was changed");
        assertThat(damaged.damages()).isNotEmpty();
        assertThat(Trees.of(data)).isEqualTo(before);
        assertThat(RestoreMarker.beside(data)).doesNotExist();
    }

    @Test
    void what_was_broken_off_is_refused_or_not_as_the_real_one_would() throws Exception {
        // given a restore that was stopped in the middle
        Path into = folder.resolve("broken-off");
        PhysicalRequest begun = new RequestBuilder(place, into).build();
        PhysicalRequest another = new RequestBuilder(place, into)
                .restore("00000000-0000-7000-8000-000000000002")
                .build();
        assertThat(catchThrowableOfType(
                        InterruptedException.class, () -> engine().run(begun, new StoppedWhileFetching())))
                .isNotNull();

        // then another restore would be refused, but not one that goes on with it, and not the same
        assertThat(engine().preview(another).refusals())
                .singleElement()
                .extracting(Failure::message)
                .asString()
                .contains("was broken off");
        assertThat(engine().previewOrGoOn(another).refusals()).isEmpty();
        assertThat(engine().preview(begun).refusals()).isEmpty();
        assertThat(planOf(engine().previewOrGoOn(another)).found().what()).isEqualTo("unfinished");
        engine().runOrGoOn(another, RestoreWatch.NONE);
        assertThat(into.resolve("PG_VERSION")).exists();
    }

    private RestoreException refused(PhysicalRequest request) {
        return catchThrowableOfType(RestoreException.class, () -> engine().run(request, RestoreWatch.NONE));
    }

    private static Plan planOf(RestorePreview preview) {
        Plan plan = preview.plan();
        assertThat(plan).as("%s", preview.refusals()).isNotNull();
        return Objects.requireNonNull(plan);
    }

    private PhysicalRestore engine() throws IOException {
        Programs programs = new Programs();
        return new PhysicalRestore(
                new RestoreRoots(
                        List.of(Path.of(System.getProperty("java.io.tmpdir")).toRealPath())),
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(17))), programs),
                programs,
                "nobody",
                folder,
                Duration.ZERO,
                Clock.systemUTC());
    }
}
