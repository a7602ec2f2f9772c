package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.SourceCluster;
import io.holdfast.restore.TickingCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cluster is recovered on the host on which its original runs, as the same user, past the creation of a tablespace. */
class OriginalsTablespaceTest {
    private static final BackupId BACKUP = PhysicalRestoreTest.BACKUP;
    private static final SqlCheck QUICK = new SqlCheck("quick", "postgres", "select sum(id) from quick", null);
    private static final SqlCheck MOVED = new SqlCheck("moved", "branch", "select count(*) from sold", null);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = 15)
    void a_tablespace_made_after_the_backup_is_recovered_and_the_original_keeps_its_own(int major) throws Exception {
        requireKept(major);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(ints = {16, 17, 18})
    void a_tablespace_made_after_the_backup_is_recovered_in_the_other_majors(int major) throws Exception {
        requireKept(major);
    }

    private void requireKept(int major) throws Exception {
        try (TickingCluster original = TickingCluster.start(major, repository(), work())) {
            // given
            original.tick(5, 0);
            TargetPlace place = original.backUp(BACKUP);
            Path fast = createTablespace(original);
            original.tick(5, 0);
            original.archive();
            original.execute("checkpoint");
            SortedMap<String, String> before = contents(fast);
            String kept = "create table kept tablespace fast as select 1 as id";

            // when
            RestoredCluster restored = restore(major)
                    .run(
                            new RequestBuilder(place, folder.resolve("restored"))
                                    .recoverTo(new RecoveryTarget.Latest(null), original.window())
                                    .checks(List.of(QUICK, MOVED))
                                    .build(),
                            RestoreWatch.NONE);

            // then
            assertThat(restored.checks())
                    .contains(
                            new CheckResult("quick", "postgres", "45150", null),
                            new CheckResult("moved", "branch", "70", null));
            assertThat(contents(fast)).isEqualTo(before);
            assertThat(original.query("postgres", "select sum(id) from quick")).isEqualTo("45150");
            assertThat(original.query("branch", "select count(*) from sold")).isEqualTo("70");
            original.execute(kept);
            assertThat(linksOf(folder.resolve("restored"))).isEmpty();
        }
    }

    @Test
    void pages_and_indexes_of_the_original_are_right_afterwards() throws Exception {
        Path programs = Path.of("/usr/lib/postgresql/15/bin");
        assumeTrue(
                Files.isExecutable(programs.resolve("pg_amcheck"))
                        && Files.isExecutable(programs.resolve("pg_checksums")),
                "skipped: pg_amcheck and pg_checksums are not installed in " + programs);
        try (TickingCluster original = TickingCluster.start(15, repository(), work())) {
            original.tick(5, 0);
            TargetPlace place = original.backUp(BACKUP);
            createTablespace(original);
            original.execute("create index on quick (id)");
            original.tick(50, 1000);
            original.archive();
            original.execute("update quick set id = id + 1 where id % 3 = 0");

            restore(15)
                    .run(
                            new RequestBuilder(place, folder.resolve("restored"))
                                    .recoverTo(new RecoveryTarget.Latest(null), original.window())
                                    .build(),
                            RestoreWatch.NONE);

            assertThat(run(
                            programs.resolve("pg_checksums").toString(),
                            "--check",
                            "--pgdata=" + folder.resolve("restored")))
                    .contains("Bad checksums:  0");
            original.stop();
            assertThat(run(programs.resolve("pg_checksums").toString(), "--check", "--pgdata=" + original.directory()))
                    .contains("Bad checksums:  0");
            original.start();
            assertThat(original.query("postgres", "select sum(id) from quick")).isEqualTo("45250");
            assertThat(original.query("branch", "select count(*) from sold")).isEqualTo("70");
        }
    }

    @Test
    void one_made_while_the_backup_was_made_goes_where_the_backup_has_it() throws Exception {
        // given
        Repository repository = repository();
        try (PostgresServer original = PostgresServer.of(17).start()) {
            Path fast = original.newFolder("fast");
            TargetPlace place = SourceCluster.backUp(original, repository, BACKUP, work(), connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("create tablespace fast location '" + fast + "'");
                    statement.execute("create table quick tablespace fast as select generate_series(1, 300) as id");
                }
            });
            original.execute("postgres", "checkpoint");
            SortedMap<String, String> before = contents(fast);

            // when
            RestoredCluster restored = restore(17)
                    .run(
                            new RequestBuilder(place, folder.resolve("restored"))
                                    .checks(List.of(QUICK))
                                    .build(),
                            RestoreWatch.NONE);

            // then
            assertThat(restored.checks()).contains(new CheckResult("quick", "postgres", "45150", null));
            assertThat(contents(fast)).isEqualTo(before);
            assertThat(linksOf(folder.resolve("restored")))
                    .allSatisfy(link -> assertThat(link).startsWith(folder.resolve("restored.tablespaces")));
        }
    }

    /** With a database in it that was copied there file by file. */
    private static Path createTablespace(TickingCluster original) {
        Path fast = original.newFolder("fast");
        original.execute("create tablespace fast location '" + fast + "'");
        original.execute("create table quick tablespace fast as select generate_series(1, 300) as id");
        original.execute("create database shop");
        original.executeIn("shop", "create table sold as select generate_series(1, 70) as id");
        original.execute("create database branch template shop tablespace fast strategy file_copy");
        return fast;
    }

    private static List<Path> linksOf(Path data) throws IOException {
        List<Path> links = new ArrayList<>();
        try (Stream<Path> entries = Files.list(data.resolve("pg_tblspc"))) {
            for (Path each : entries.toList()) {
                if (Files.isSymbolicLink(each)) {
                    links.add(Files.readSymbolicLink(each));
                } else {
                    assertThat(each).isDirectoryContaining("glob:**/PG_*");
                }
            }
        }
        return links;
    }

    /** Names and digests of what is below a directory. */
    private static SortedMap<String, String> contents(Path top) throws Exception {
        SortedMap<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path each : all.toList()) {
                boolean isFile = Files.isRegularFile(each, LinkOption.NOFOLLOW_LINKS);
                found.put(
                        top.relativize(each).toString(),
                        isFile
                                ? HexFormat.of()
                                        .formatHex(MessageDigest.getInstance("SHA-256")
                                                .digest(Files.readAllBytes(each)))
                                : Files.getLastModifiedTime(each).toString());
            }
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static Repository repository() throws Exception {
        return Repository.openOrInitialise(new MemoryObjectStore(), UUID.randomUUID());
    }

    private Path work() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    private PhysicalRestore restore(int major) throws IOException {
        Programs programs = new Programs();
        return new PhysicalRestore(
                new RestoreRoots(List.of(folder)),
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(major))), programs),
                programs,
                "nobody",
                work(),
                Duration.ZERO,
                Clock.systemUTC());
    }
}
