package io.holdfast.restore.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.DrillId;
import io.holdfast.events.EventId;
import io.holdfast.events.SiteName;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.drill.DrillStarted;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.SqlCheck;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Drills as jobs. */
@QuarkusTest
@TestProfile(RestoreProfile.class)
class DrillJobTest extends RestoreWorkerTest {
    @Test
    void a_signed_drill_ends_with_what_was_measured_and_found_and_leaves_only_its_report() throws IOException {
        // given one whose checks hold, one whose do not, and one that nobody signed
        EventId passes = EventId.derived("drill");
        EventId fails = EventId.derived("drill that fails");
        EventId unsigned = EventId.derived("drill of a stranger");

        // when they arrive
        broker.send(
                codec.encode(first(unsigned, drill("100"))), signed(passes, drill("100")), signed(fails, drill("101")));

        // then
        DrillCompleted completed =
                awaitEvent(DrillCompleted.class, event -> event.drillId().equals(DrillId.of(passes)));
        assertThat(completed.backupId()).isEqualTo(BACKUP);
        assertThat(completed.measures().rtoSeconds()).isPositive();
        assertThat(folder.resolve("repository").resolve(completed.report() + ".html"))
                .content()
                .contains("brought back");
        DrillFailed failed =
                awaitEvent(DrillFailed.class, event -> event.drillId().equals(DrillId.of(fails)));
        assertThat(failed.reason()).isEqualTo(DrillReason.ASSERTION);
        assertThat(failed.failure().message()).contains("all there");
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(failed.report()).isNotNull();
        assertThat(events(DrillStarted.class).map(DrillStarted::drillId)).doesNotContain(DrillId.of(unsigned));
        try (var left = Files.list(folder.resolve("work/drills"))) {
            assertThat(left).isEmpty();
        }
    }

    private static DrillRequested drill(String expected) {
        return new DrillRequested(
                ORDERS,
                MAIN,
                new SiteName("lab"),
                null,
                null,
                DrillPick.NEWEST,
                7,
                new DrillChecks(
                        List.of(new SqlCheck("all there", null, "select count(*) from item", expected)),
                        List.of(),
                        List.of(),
                        List.of(),
                        null),
                null,
                "test",
                "ops",
                null);
    }
}
