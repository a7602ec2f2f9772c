package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.RestoreId;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.SourceCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhysicalRestoreTest {
    private static final BackupId BACKUP = new BackupId("b1");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_backup_made_under_writes_comes_back_as_it_was_at_its_end(int major) throws Exception {
        // given a cluster with roles, awkward names and more connections than usual, written to during its backup
        Repository repository = repository();
        TargetPlace place;
        try (PostgresServer server = PostgresServer.of(major)
                .setting("max_connections", "137")
                .setting("max_prepared_transactions", "7")
                .setting("password_encryption", "scram-sha-256")
                .start()) {
            server.execute("postgres", "create role shop login password 'over the counter'");
            server.execute("postgres", "create database \"or;ders $()\" owner shop");
            server.execute("or;ders $()", "create table \"odd '\"\"; name\" as select generate_series(1, 1000) as id");
            server.execute("or;ders $()", "create unlogged table scratch as select 1 as id");
            place = SourceCluster.backUp(server, repository, BACKUP, work(), connection -> {
                try (Connection other = server.connect("or;ders $()");
                        Statement statement = other.createStatement()) {
                    statement.execute("insert into \"odd '\"\"; name\" select generate_series(1001, 1500)");
                }
            });
        }
        Path into = folder.resolve("restored");
        Set<RestorePhase> phases = java.util.Collections.synchronizedSet(EnumSet.noneOf(RestorePhase.class));

        // when it is restored
        RestoredCluster restored = restore(major)
                .run(
                        request(place, into)
                                .keepRunning()
                                .role("shop")
                                .check(new SqlCheck(
                                        "all there",
                                        "or;ders $()",
                                        "select count(*) from public.\"odd '\"\"; name\"",
                                        "1500"))
                                .build(),
                        watch(phases));

        // then it runs, its own role comes in with its own password, and no row is missing
        try {
            assertThat(restored.checks())
                    .contains(new CheckResult("all there", "or;ders $()", "1500", "1500"))
                    .contains(new CheckResult("tables", "or;ders $()", "2", null))
                    .contains(new CheckResult("rows", "or;ders $()", "1500", null));
            assertThat(restored.connection()).startsWith("host=127.0.0.1 port=").endsWith(" user=shop dbname=postgres");
            assertThat(restored.missing()).isEmpty();
            assertThat(phases)
                    .contains(RestorePhase.FETCH, RestorePhase.START, RestorePhase.RECOVER, RestorePhase.CHECK);
            assertThat(over(restored, "or;ders $()", "select current_setting('max_connections')"))
                    .isEqualTo("137");
            assertThat(into.resolve("postgresql.conf.found")).exists();
            assertThat(into.resolve("holdfast-restore/server.log")).content().contains("consistent recovery state");
        } finally {
            Running.stop(into);
        }
    }

    private static String over(RestoredCluster restored, String database, String sql) throws SQLException {
        String connection = Objects.requireNonNull(restored.connection());
        String port = connection.replaceAll(".*port=(\\d+).*", "$1");
        try (Connection entered = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/?PGDBNAME="
                                + java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8),
                        "shop",
                        "over the counter");
                Statement statement = entered.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private Repository repository() throws IOException {
        return Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2));
    }

    private Path work() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    private PhysicalRestore restore(int... majors) throws IOException {
        Programs programs = new Programs();
        List<Path> homes =
                java.util.Arrays.stream(majors).mapToObj(PostgresBinaries::of).toList();
        return new PhysicalRestore(
                new RestoreRoots(List.of(folder)),
                new PostgresInstallations(homes, programs),
                programs,
                "nobody",
                work(),
                Clock.systemUTC());
    }

    static RestoreWatch watch(Set<RestorePhase> seen) {
        return new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {
                seen.add(phase);
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
    }

    private static RequestBuilder request(TargetPlace place, Path into) {
        return new RequestBuilder(place, into);
    }

    /** A request with defaults. */
    static final class RequestBuilder {
        private final TargetPlace place;
        private final Path into;
        private RestoreId restore = RestoreId.of("00000000-0000-7000-8000-000000000001");
        private boolean keepRunning;
        private boolean acceptDamage;
        private @Nullable String role;
        private List<SqlCheck> checks = List.of();
        private Map<String, String> tablespaces = Map.of();

        RequestBuilder(TargetPlace place, Path into) {
            this.place = place;
            this.into = into;
        }

        RequestBuilder keepRunning() {
            keepRunning = true;
            return this;
        }

        RequestBuilder acceptDamage() {
            acceptDamage = true;
            return this;
        }

        RequestBuilder role(String name) {
            role = name;
            return this;
        }

        RequestBuilder restore(String id) {
            restore = RestoreId.of(id);
            return this;
        }

        RequestBuilder check(SqlCheck check) {
            checks = List.of(check);
            return this;
        }

        RequestBuilder tablespaces(Map<String, String> mapping) {
            tablespaces = mapping;
            return this;
        }

        PhysicalRequest build() {
            return new PhysicalRequest(
                    restore,
                    place,
                    BACKUP,
                    into.toString(),
                    tablespaces,
                    keepRunning,
                    null,
                    checks,
                    acceptDamage,
                    role,
                    null);
        }
    }
}
