package io.holdfast.backup.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.backup.source.DatabaseList;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.backup.source.UnusableDefinitionException;
import io.holdfast.backup.tool.Installations;
import io.holdfast.backup.tool.PostgresInstallation;
import io.holdfast.backup.tool.ScriptFolder;
import io.holdfast.backup.tool.ToolException;
import io.holdfast.events.definition.LogicalDumps;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupContent.DumpedDatabase;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.work.WorkFolder;
import io.holdfast.testing.PostgresServer;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Dumps a real PostgreSQL 15 with the host's own programs, where it has them. */
@Timeout(300)
class LogicalBackupTest {
    private static final int MAJOR = 15;
    private static final String PASSWORD = "p:w\\d 'x' größe";
    private static final DumpLimits LIMITS =
            new DumpLimits(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(100));

    private static PostgresServer server;

    @TempDir
    private Path folder;

    private TargetPlace place;
    private InstantSource clock = InstantSource.system();

    @BeforeAll
    static void startServer() {
        server = PostgresServer.of(MAJOR)
                .hba("host all backup,reader 127.0.0.1/32 scram-sha-256")
                .start();
        server.execute(
                "postgres",
                "create role backup superuser login password '" + PASSWORD.replace("'", "''") + "'",
                "create role reader login password 'reader'",
                "create table own as select 1 as id",
                "grant select on own to reader");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void openRepository() throws Exception {
        Repository repository = Repository.openOrInitialise(new MemoryObjectStore(), UUID.randomUUID());
        place = repository.at(new TargetName("orders"), Place.LOGICAL);
    }

    @Test
    void databases_with_names_like_weapons_are_dumped_and_their_archives_list_what_is_in_them() throws Exception {
        // given
        PostgresInstallation tools = InstalledTools.assumeFor(MAJOR);
        List<String> weapons = List.of(
                "-oX",
                "--file=" + folder + "/stolen",
                "a;$(touch stolen)",
                "it's",
                "\"quoted\"",
                "sp ace",
                "new\nline",
                "host=elsewhere",
                "postgresql:///?host=elsewhere",
                "größe",
                "100%41");
        for (String name : weapons) {
            server.execute("postgres", "create database \"" + name.replace("\"", "\"\"") + "\"");
            try (var connection = java.sql.DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + server.port() + "/"
                                    + java.net.URLEncoder.encode(name, StandardCharsets.UTF_8),
                            "postgres",
                            "");
                    var statement = connection.createStatement()) {
                statement.execute("create table marked (id int)");
                statement.execute("grant select on marked to reader");
            }
        }

        // when
        CommitOutcome outcome = backup(InstalledTools.all(), source("backup", PASSWORD));

        // then
        BackupManifest manifest = ((CommitOutcome.Committed) outcome).manifest();
        BackupContent.Logical content =
                (BackupContent.Logical) manifest.details().content();
        assertThat(content.databases())
                .extracting(DumpedDatabase::name)
                .containsAll(weapons)
                .contains("postgres")
                .doesNotContain("template0", "template1");
        assertThat(content.dumpVersion()).isEqualTo(tools.version().text());
        assertThat(manifest.details().labels()).containsKey("consistency");
        BackupReader reader = place.read(manifest.backup());
        for (DumpedDatabase database : content.databases()) {
            Path archive = folder.resolve("archive");
            Files.write(archive, bytes(reader, database.file()));
            String listing = listing(tools, archive);
            assertThat(listing).contains("dbname: " + database.name().replace("\n", " "));
            if (weapons.contains(database.name())) {
                assertThat(listing).contains("TABLE public marked");
            }
        }
        assertThat(folder.resolve("stolen")).doesNotExist();
        assertThat(new String(bytes(reader, DumpPlan.GLOBALS), StandardCharsets.UTF_8))
                .contains("CREATE ROLE backup", "SCRAM-SHA-256$");
        assertThat(workFiles()).isEmpty();
    }

    @Test
    void a_role_that_may_not_see_passwords_dumps_roles_without_them_and_says_so() throws Exception {
        InstalledTools.assumeFor(MAJOR);

        CommitOutcome outcome = backup(InstalledTools.all(), source("reader", "reader"));

        BackupManifest manifest = ((CommitOutcome.Committed) outcome).manifest();
        assertThat(manifest.details().exceptions()).extracting("what").containsExactly("role_passwords_left_out");
        assertThat(new String(bytes(place.read(manifest.backup()), DumpPlan.GLOBALS), StandardCharsets.UTF_8))
                .contains("CREATE ROLE backup")
                .doesNotContain("SCRAM-SHA-256$");
    }

    @Test
    void templates_are_dumped_and_what_cannot_be_dumped_is_noted_instead_of_failing_the_backup() throws Exception {
        // given
        server.execute(
                "postgres",
                "create database stencil is_template true",
                "create database closed allow_connections false",
                "create database halfway",
                "update pg_database set datconnlimit = -2 where datname = 'halfway'");
        try {
            // when
            DatabaseList found = DatabaseList.of(source("backup", PASSWORD));

            // then
            assertThat(found.databases())
                    .extracting(DatabaseList.Database::name)
                    .contains("postgres", "stencil")
                    .doesNotContain("template0", "template1", "closed", "halfway");
            assertThat(found.leftOut()).containsOnlyKeys("closed", "halfway");
        } finally {
            server.execute(
                    "postgres",
                    "alter database stencil is_template false",
                    "drop database stencil",
                    "drop database closed",
                    "drop database halfway");
        }
    }

    @Test
    void too_old_programs_are_refused_before_anything_is_written() throws Exception {
        Path old = ScriptFolder.installation(folder.resolve("old"), "9.6.24").resolve("bin");

        assertThatThrownBy(() -> backup(new Installations(List.of(), List.of(old)), source("backup", PASSWORD)))
                .isInstanceOf(ToolException.Unsuitable.class);
        assertThat(place.listManifests()).isEmpty();
    }

    @Test
    void a_dump_of_zero_bytes_is_no_backup_though_the_program_reports_success() throws Exception {
        Path home = ScriptFolder.installation(folder.resolve("empty"), "15.1");
        new ScriptFolder(home.resolve("bin")).program("pg_dumpall", "exit 0");

        assertThatThrownBy(() -> backup(new Installations(List.of(home), List.of()), source("backup", PASSWORD)))
                .isInstanceOf(ToolException.BadOutput.class);
        assertThat(place.listManifests()).isEmpty();
        assertThat(workFiles()).isEmpty();
    }

    @Test
    void a_table_locked_by_somebody_else_does_not_hang_the_dump() throws Exception {
        InstalledTools.assumeFor(MAJOR);
        server.execute("postgres", "create table held as select 1 as id", "grant select on held to reader");
        DumpLimits impatient = new DumpLimits(Duration.ofMillis(300), Duration.ofSeconds(60), Duration.ofSeconds(100));
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table held in access exclusive mode");

            assertThatThrownBy(() -> backup(InstalledTools.all(), source("backup", PASSWORD), impatient))
                    .isInstanceOf(ToolException.Failed.class)
                    .hasMessageContaining("pg_dump of database \"postgres\" ended")
                    .hasMessageContaining("LOCK TABLE public.held");
        }
        assertThat(place.listManifests()).isEmpty();
        assertThat(workFiles()).isEmpty();
    }

    @Test
    void a_slow_database_holds_no_other_up() throws Exception {
        // given: the slow one ends only when both others have ended
        server.execute("postgres", "create database slow", "create database swift_1", "create database swift_2");
        Path home = ScriptFolder.installation(folder.resolve("scripts"), "15.1");
        ScriptFolder programs = new ScriptFolder(home.resolve("bin"));
        programs.program(
                "pg_dumpall", "echo '" + "--".repeat(60) + "'; echo '-- PostgreSQL database cluster dump complete'");
        programs.program("pg_dump", """
                case "$*" in
                  *--version*) echo 'pg_dump (PostgreSQL) 15.1'; exit;;
                  *dbname=slow*) until [ -e '%1$s/swift_1' ] && [ -e '%1$s/swift_2' ]; do sleep 0.02; done;;
                  *dbname=swift%%5F1*) touch '%1$s/swift_1';;
                  *) touch '%1$s/swift_2';;
                esac
                printf 'PGDMP%%0600d' 0""".formatted(folder));

        // when
        DumpSelection selection =
                new DumpSelection(new LogicalDumps(2, List.of("slow", "swift*"), null, null, null, null, null, null));
        CommitOutcome outcome =
                backup(new Installations(List.of(home), List.of()), source("backup", PASSWORD), LIMITS, selection);

        // then
        BackupManifest manifest = ((CommitOutcome.Committed) outcome).manifest();
        assertThat(((BackupContent.Logical) manifest.details().content()).databases())
                .extracting(DumpedDatabase::name)
                .containsExactly("slow", "swift_1", "swift_2");
        assertThat(manifest.sizes().files()).isEqualTo(4);
    }

    @Test
    void what_the_target_chooses_is_dumped_and_nothing_else_whatever_the_names_are() throws Exception {
        // given
        PostgresInstallation tools = InstalledTools.assumeFor(MAJOR);
        String odd = "Sh;op $(touch stolen) \"größe\"";
        server.execute(
                "postgres", "create database \"" + odd.replace("\"", "\"\"") + "\"", "create database shop_test");
        try (var connection = server.connect(odd);
                var statement = connection.createStatement()) {
            statement.execute("create schema \"--file=größe\"");
            statement.execute("create schema \"--file=graeße\"");
            statement.execute("create schema scratch");
            statement.execute("create table \"--file=größe\".\"a.b; $(x)\" as select 7 as kept");
            statement.execute("create table \"--file=größe\".sessions as select 'dropped-row' as id");
            statement.execute("create table \"--file=größe\".tmp_1 (id int)");
            statement.execute("create table \"--file=graeße\".other (id int)");
            statement.execute("create table scratch.note (id int)");
        }

        // when
        DumpSelection selection = new DumpSelection(new LogicalDumps(
                8,
                List.of("\"" + odd.replace("\"", "\"\"") + "\"", "shop*"),
                List.of("*_test"),
                List.of("\"--file=größe\""),
                null,
                null,
                List.of("*.tmp_*"),
                List.of("*.sessions")));
        CommitOutcome outcome = backup(InstalledTools.all(), source("backup", PASSWORD), LIMITS, selection);

        // then
        BackupManifest manifest = ((CommitOutcome.Committed) outcome).manifest();
        List<DumpedDatabase> databases =
                ((BackupContent.Logical) manifest.details().content()).databases();
        assertThat(databases).extracting(DumpedDatabase::name).containsExactly(odd);
        assertThat(manifest.details().exceptions()).extracting("what").contains("database_left_out", "dump_filtered");
        Path archive = folder.resolve("archive");
        Files.write(
                archive,
                bytes(place.read(manifest.backup()), databases.getFirst().file()));
        assertThat(listing(tools, archive))
                .contains("SCHEMA - --file=größe", "TABLE DATA --file=größe a.b; $(x)", "TABLE --file=größe sessions")
                .doesNotContain("TABLE DATA --file=größe sessions", "tmp_1", "scratch", "graeße");
        assertThat(folder.resolve("stolen")).doesNotExist();
        server.execute("postgres", "drop database \"" + odd.replace("\"", "\"\"") + "\"", "drop database shop_test");
    }

    @Test
    void what_matches_nothing_fails_the_backup_with_the_database_named() throws Exception {
        InstalledTools.assumeFor(MAJOR);
        LogicalDumps schema =
                new LogicalDumps(null, List.of("postgres"), null, List.of("gone"), null, null, null, null);
        LogicalDumps database = new LogicalDumps(null, List.of("Postgres", "gone"), null, null, null, null, null, null);

        assertThatThrownBy(() ->
                        backup(InstalledTools.all(), source("backup", PASSWORD), LIMITS, new DumpSelection(schema)))
                .isInstanceOf(ToolException.Failed.class)
                .hasMessageContaining("pg_dump of database \"postgres\"")
                .hasMessageContaining("no matching schemas were found for pattern \"gone\"");
        assertThatThrownBy(() ->
                        backup(InstalledTools.all(), source("backup", PASSWORD), LIMITS, new DumpSelection(database)))
                .isInstanceOf(UnusableDefinitionException.class)
                .hasMessageContaining("No database matches gone of logical.databases.")
                .hasMessageContaining("HINT: ")
                .hasMessageContaining("postgres");
        assertThat(place.listManifests()).isEmpty();
    }

    @Test
    void a_clock_that_is_set_back_in_the_middle_spoils_nothing() throws Exception {
        InstalledTools.assumeFor(MAJOR);
        Instant noon = Instant.parse("2026-07-01T12:00:00Z");
        AtomicInteger asked = new AtomicInteger();
        clock = () -> noon.minus(Duration.ofHours(asked.getAndIncrement()));

        CommitOutcome outcome = backup(InstalledTools.all(), source("backup", PASSWORD));

        BackupManifest manifest = ((CommitOutcome.Committed) outcome).manifest();
        assertThat(manifest.details().finishedAt())
                .isAfterOrEqualTo(manifest.details().startedAt());
    }

    private CommitOutcome backup(Installations installations, SourceServer source) throws Exception {
        return backup(installations, source, LIMITS);
    }

    private CommitOutcome backup(Installations installations, SourceServer source, DumpLimits limits) throws Exception {
        return backup(installations, source, limits, DumpSelection.ALL);
    }

    private CommitOutcome backup(
            Installations installations, SourceServer source, DumpLimits limits, DumpSelection selection)
            throws Exception {
        try (WorkFolder work = WorkFolder.below(folder.resolve("work"))) {
            LogicalBackup.Request request = new LogicalBackup.Request(
                    new BackupId("b1"),
                    new AttemptId("a1"),
                    WriterOptions.defaults(work.newFolder("writer")),
                    work,
                    selection,
                    Map.of(),
                    () -> {});
            return new LogicalBackup(installations, clock, limits).run(source, place, request, (phase, bytes) -> {});
        }
    }

    private static SourceServer source(String user, String password) {
        return new SourceServer(
                "127.0.0.1",
                server.port(),
                user,
                new Secret(password),
                "postgres",
                TlsSettings.of(TlsMode.PREFER),
                false);
    }

    private List<Path> workFiles() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("work"))) {
            return files.toList();
        }
    }

    private static byte[] bytes(BackupReader reader, FilePath path) throws Exception {
        IndexEntry.WithContent entry =
                (IndexEntry.WithContent) reader.find(path).orElseThrow();
        try (InputStream in = reader.open(entry)) {
            return in.readAllBytes();
        }
    }

    private static String listing(PostgresInstallation tools, Path archive) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        tools.program("pg_restore").toString(), "--list", archive.toString())
                .redirectErrorStream(true);
        Process process = builder.start();
        String listing = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(listing).isZero();
        return listing;
    }
}
