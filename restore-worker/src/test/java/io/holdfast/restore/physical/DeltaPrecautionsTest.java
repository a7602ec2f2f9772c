package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.key.Passphrase;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.read.BackupReader;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a delta restore makes sure of before it gives up what is there. */
class DeltaPrecautionsTest {
    private static final byte[] INDEX_KEY = new byte[32];

    @TempDir
    static Path shared;

    private static PostgresServer server;
    private static TargetPlace place;

    @TempDir
    Path folder;

    /** A stopped cluster and its encrypted backup. */
    @BeforeAll
    static void backUp() throws Exception {
        Files.createDirectory(store());
        Passphrase passphrase = new Passphrase("long enough for a test".toCharArray());
        Repository repository = open(RepositoryKeys.builder()
                .indexKey(INDEX_KEY)
                .recipient(passphrase)
                .holder(passphrase)
                .build());
        server = PostgresServer.of(17).start();
        place = SourceCluster.backUp(server, repository, PhysicalRestoreTest.BACKUP, shared, each -> {});
        server.stop();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Path store() {
        return shared.resolve("repository");
    }

    private static Repository open(RepositoryKeys keys) throws Exception {
        return Repository.openOrInitialise(
                StoreAddress.parse("file://" + store()).connect(StoreAccess.NONE), new UUID(1, 2), keys);
    }

    @Test
    void nothing_is_given_up_for_a_backup_whose_keys_are_not_here() throws Exception {
        Repository closed = open(RepositoryKeys.builder().indexKey(INDEX_KEY).build());

        RestoreException refused = refused(closed.at(place.target(), place.place()), server.dataDirectory());

        assertThat(refused.failure().category()).isEqualTo(FailureCategory.PERMISSION);
        assertThat(refused.failure().hint()).contains("Nothing was changed");
    }

    @Test
    void nothing_is_given_up_for_a_backup_whose_wal_is_gone() throws Exception {
        RestoreException refused = refusedWithout("/wal/");

        assertThat(refused.failure().category()).isEqualTo(FailureCategory.WAL_MISSING);
        assertThat(refused.failure().hint()).contains("Nothing was changed");
    }

    @Test
    void nothing_is_given_up_for_a_backup_whose_pack_is_gone() throws Exception {
        RestoreException refused = refusedWithout("/packs/");

        assertThat(refused.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(refused.failure().message()).contains("the pack is missing");
        assertThat(refused.failure().hint()).contains("Nothing was changed");
    }

    private RestoreException refusedWithout(String part) throws Exception {
        Path object;
        try (Stream<Path> all = Files.walk(store())) {
            object = all.filter(Files::isRegularFile)
                    .filter(path -> path.toString().contains(part))
                    .findFirst()
                    .orElseThrow();
        }
        Path away = folder.resolve("away");
        Files.move(object, away);
        try {
            return refused(place, server.dataDirectory());
        } finally {
            Files.move(away, object);
        }
    }

    @Test
    void a_cluster_that_was_put_where_a_restore_had_been_broken_off_is_not_taken_for_that() throws Exception {
        try (PostgresServer another = PostgresServer.of(17).start()) {
            another.stop();
            Path data = another.dataDirectory();
            for (RestoreId broken : List.of(
                    RestoreId.of("00000000-0000-7000-8000-000000000009"),
                    new RequestBuilder(place, data).build().restore())) {
                Path marker = RestoreMarker.beside(data);
                new RestoreMarker(
                                broken,
                                PhysicalRestoreTest.BACKUP.value(),
                                place.place().value(),
                                List.of(),
                                List.of(),
                                List.of(data),
                                List.of())
                        .write(marker);

                RestoreException refused = refused(place, data);

                assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
                assertThat(refused.failure().message()).contains("another cluster");
                Files.delete(marker);
            }
        }
    }

    @Test
    void a_server_in_a_container_with_other_paths_is_seen() throws Exception {
        Assumptions.assumeTrue(
                new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0,
                "this host lets nobody make namespaces with unshare");
        Path data = server.dataDirectory();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Process container = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind \"$1\" \"$2\" && cd \"$2\" && exec setpriv --reuid=nobody --regid=nogroup"
                                + " --clear-groups \"$3\" -D \"$2\" -p \"$4\"",
                        "sh",
                        data.toString(),
                        inside.toString(),
                        PostgresBinaries.of(17).resolve("bin/postgres").toString(),
                        Integer.toString(server.port()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("container.log").toFile())
                .start();
        try {
            awaitReady(container, data.resolve("postmaster.pid"));

            RestoreException refused = failure(place, data);

            assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
            assertThat(refused.failure().message()).contains("(postgres) is at work in " + data);
            assertThat(data.resolve("global/pg_control")).exists();
        } finally {
            container.destroy(); // each program has replaced the one before: it is the server
            container.waitFor();
        }
    }

    @Test
    void a_process_of_another_user_that_stands_in_the_directory_is_an_occupant() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root acts as another user");
        Path table = server.dataDirectory().resolve("base/1");
        Process standing = new ProcessBuilder("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "cat")
                .directory(table.toFile())
                .start();
        try {
            awaitProgram(standing, "cat");
            RestoreException refused = refused(place, server.dataDirectory());

            assertThat(refused.failure().message()).contains("(cat) is at work in " + table);
        } finally {
            standing.destroyForcibly().waitFor();
        }
    }

    private static void awaitProgram(Process process, String name) throws Exception {
        Path comm = Path.of("/proc", Long.toString(process.pid()), "comm");
        while (!Files.readString(comm).strip().equals(name)) {
            assertThat(process.isAlive()).isTrue();
            Thread.sleep(5);
        }
    }

    @Test
    void a_file_with_another_name_beside_frees_nothing() throws Exception {
        Path data = server.dataDirectory();
        Path file = data.resolve("base/1/1259");
        long before = needed(data);
        Path copy = Files.createLink(data.resolveSibling("copy"), file);
        long linked = needed(data);
        Files.delete(copy);

        assertThat(linked - before).isEqualTo(Files.size(file)).isPositive();
    }

    private static long needed(Path data) throws Exception {
        BackupReader backup = place.read(PhysicalRestoreTest.BACKUP);
        Destination destination =
                Destination.plan(new RequestBuilder(place, data).delta().build(), roots(), (BackupContent.Physical)
                        backup.manifest().details().content());
        return FreeSpace.needed(backup, destination, 0, false).getOrDefault(data, 0L);
    }

    private static RestoreRoots roots() throws IOException {
        return new RestoreRoots(
                List.of(Path.of(System.getProperty("java.io.tmpdir")).toRealPath()));
    }

    private void awaitReady(Process container, Path status) throws Exception {
        while (!Files.exists(status) || !Files.readString(status).contains("ready")) {
            assertThat(container.isAlive())
                    .as(() -> contentOf(folder.resolve("container.log")))
                    .isTrue();
            Thread.sleep(20);
        }
    }

    private static String contentOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private RestoreException refused(TargetPlace from, Path data) throws IOException {
        Map<String, String> before = Trees.of(data);
        RestoreException refused = failure(from, data);
        assertThat(Trees.of(data)).isEqualTo(before);
        return refused;
    }

    private RestoreException failure(TargetPlace from, Path data) throws IOException {
        PhysicalRequest request = new RequestBuilder(from, data).delta().build();
        Programs programs = new Programs();
        PhysicalRestore restore = new PhysicalRestore(
                roots(),
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(17))), programs),
                programs,
                "nobody",
                folder,
                Duration.ZERO,
                Clock.systemUTC());
        RestoreException failure =
                catchThrowableOfType(RestoreException.class, () -> restore.run(request, RestoreWatch.NONE));
        assertThat(failure).isNotNull();
        return failure;
    }
}
