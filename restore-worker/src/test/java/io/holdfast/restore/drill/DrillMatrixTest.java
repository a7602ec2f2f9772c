package io.holdfast.restore.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.repository.BackupId;
import io.holdfast.restore.TickingCluster;
import io.holdfast.restore.TickingCluster.Tick;
import io.holdfast.testing.PostgresBinaries;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of drill, and each reason to fail, on each version. */
@Tag("long")
class DrillMatrixTest {
    private static final BackupId SOUND = new BackupId("00000000-0000-7000-8000-00000000000a");
    private static final BackupId CORRUPTED = new BackupId("00000000-0000-7000-8000-00000000000b");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void each_kind_passes_and_each_reason_fails(int major) throws Exception {
        DrillBench bench = new DrillBench(folder, List.of(PostgresBinaries.of(major)));
        Tick middle;
        try (TickingCluster cluster = TickingCluster.start(major, bench.repository(), bench.work())) {
            cluster.execute("create role waiter login");
            cluster.execute("create table item as select generate_series(1, 5000) as id");
            cluster.execute("checkpoint");
            cluster.tick(5, 0);
            cluster.backUp(SOUND);
            cluster.tick(40, 30_000);
            cluster.execute("create tablespace fast location '" + cluster.newFolder("fast") + "'");
            cluster.execute("create table quick tablespace fast as select generate_series(1, 50) as id");
            cluster.archive();
            middle = cluster.tick(25);

            // then what is as it has to be passes, whatever is picked
            assertPasses(bench.run(checks(cluster.expected(tick -> true))));
            assertPasses(bench.runOn(SOUND));
            for (long seed = 1; seed <= 3; seed++) {
                assertPasses(bench.run(DrillChecks.NONE, null, DrillPick.RANDOM, seed));
            }
            String until = cluster.expected(tick -> tick.id() <= middle.id());
            assertPasses(bench.run(
                    checks(until), new RecoveryTarget.Time(middle.committed(), null, null), DrillPick.NEWEST, 7));
            assertPasses(bench.run(
                    checks(until),
                    new RecoveryTarget.Position(middle.after().toString(), null, null),
                    DrillPick.NEWEST,
                    7));

            // and what is not fails for just that
            assertFails(DrillReason.MISSING_EXTENSION, bench.run(extension("postgis")));
            assertFails(DrillReason.MISSING_ROLE, bench.run(role("cook")));
            assertFails(DrillReason.ROW_COUNT, bench.run(rows(5001)));
            assertFails(
                    DrillReason.UNREACHABLE_TARGET,
                    bench.run(DrillChecks.NONE, new RecoveryTarget.Position("7F/28", null, null), DrillPick.NEWEST, 7));
            Path file = cluster.directory().resolve(cluster.query("postgres", "select pg_relation_filepath('item')"));
            cluster.stop();
            try (RandomAccessFile page = new RandomAccessFile(file.toFile(), "rw")) {
                page.seek(8192 + 4000);
                page.write(new byte[] {1, 2, 3, 4, 5, 6, 7});
            }
            cluster.start();
            cluster.backUp(CORRUPTED);
            assertFails(DrillReason.CORRUPTED_PAGE, bench.runOn(CORRUPTED));
        }
        assertThat(bench.leftovers()).isEmpty();
    }

    private static DrillChecks checks(String ticks) {
        return new DrillChecks(
                List.of(new SqlCheck("ticks", "postgres", TickingCluster.QUESTION, ticks)),
                List.of("waiter"),
                List.of(new DrillChecks.Extension("postgres", "plpgsql")),
                List.of(new DrillChecks.Rows("postgres", "public.item", null, 5000L)),
                List.of("sh", "-c", "test -S \"$PGHOST/.s.PGSQL.$PGPORT\""));
    }

    private static DrillChecks extension(String name) {
        return new DrillChecks(
                List.of(), List.of(), List.of(new DrillChecks.Extension(null, name)), List.of(), List.of("true"));
    }

    private static DrillChecks role(String name) {
        return new DrillChecks(List.of(), List.of(name), List.of(), List.of(), List.of("true"));
    }

    private static DrillChecks rows(long exactly) {
        return new DrillChecks(
                List.of(),
                List.of(),
                List.of(),
                List.of(new DrillChecks.Rows("postgres", "public.item", null, exactly)),
                List.of("true"));
    }

    private static void assertPasses(DrillResult result) {
        assertThat(result.trouble()).isNull();
        assertThat(result.report()).isNotNull();
    }

    private static void assertFails(DrillReason reason, DrillResult result) {
        DrillResult.@Nullable Trouble trouble = result.trouble();
        assertThat(Objects.requireNonNull(trouble).reason())
                .as(trouble.failure().message())
                .isEqualTo(reason);
    }
}
