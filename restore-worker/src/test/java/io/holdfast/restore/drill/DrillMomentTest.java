package io.holdfast.restore.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.TickingCluster;
import io.holdfast.testing.PostgresBinaries;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillMomentTest {
    @TempDir
    Path folder;

    @Test
    void the_newest_moment_a_random_one_and_a_named_one_are_recovered_to_and_measured() throws Exception {
        // given a cluster with a stored log behind its backup
        DrillBench bench = new DrillBench(folder, List.of(PostgresBinaries.of(17)));
        try (TickingCluster ticking = TickingCluster.start(17, bench.repository(), bench.work())) {
            ticking.tick(10, 0);
            ticking.backUp(new BackupId("b1"));
            ticking.tick(30, 20_000);
            ticking.archive();
            Lsn end = ticking.window().read().end(1).orElseThrow().lsn();

            // when nothing is named, then all that is stored comes back
            DrillResult newest = bench.run(ticks("40"));
            assertThat(newest.trouble()).isNull();
            assertThat(newest.moment()).isInstanceOf(RecoveryTarget.Latest.class);
            assertThat(Objects.requireNonNull(newest.measures().recoverableTo()))
                    .isAfterOrEqualTo(ticking.ledger().getLast().committed());
            assertThat(Objects.requireNonNull(newest.measures().reached()).timeline())
                    .isEqualTo(1);

            // when the log goes on behind the last time that is known, then what came back tells how far it leads
            ticking.tick(5, 0);
            ticking.archiveUnsampled();
            DrillResult further = bench.run(ticks("45"));
            assertThat(further.trouble()).isNull();
            assertThat(further.measures().recoverableTo())
                    .isEqualTo(ticking.ledger().getLast().committed());

            // when it is left to chance, then the seed says which moment it is, and the same one holds the same rows
            DrillResult random = bench.run(DrillChecks.NONE, null, DrillPick.RANDOM, 42);
            assertThat(random.trouble()).isNull();
            assertThat(random.moment()).isInstanceOf(RecoveryTarget.Position.class);
            DrillResult again = bench.run(DrillChecks.NONE, null, DrillPick.RANDOM, 42);
            assertThat(again.trouble()).isNull();
            assertThat(again.moment()).isEqualTo(random.moment());
            assertThat(again.measures().reached()).isEqualTo(random.measures().reached());
            assertThat(again.checks())
                    .anySatisfy(check -> assertThat(check.detail()).endsWith("counts agree"));

            // when a moment is named that nothing leads to, then that is what the drill fails for
            DrillResult unreachable = bench.run(
                    DrillChecks.NONE,
                    new RecoveryTarget.Position(end.plus(1 << 24).toString(), null, null),
                    DrillPick.NEWEST,
                    1);
            assertThat(Objects.requireNonNull(unreachable.trouble()).reason())
                    .isEqualTo(DrillReason.UNREACHABLE_TARGET);
            assertThat(unreachable.trouble().failure().hint()).contains("moment");
        }
        assertThat(bench.leftovers()).isEmpty();
    }

    private static DrillChecks ticks(String expected) {
        return new DrillChecks(
                List.of(new SqlCheck("ticks", "postgres", "select count(*) from tick", expected)),
                List.of(),
                List.of(),
                List.of(),
                null);
    }
}
