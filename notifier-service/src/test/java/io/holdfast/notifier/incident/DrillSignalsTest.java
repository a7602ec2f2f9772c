package io.holdfast.notifier.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupId;
import io.holdfast.events.DrillId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillReason;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrillSignalsTest {
    private static final DrillId DRILL = DrillId.of("019c2a70-1f40-7c02-9a11-7be1d2c3a4f5");
    private static final BackupId BACKUP = BackupId.of("019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b");
    private static final TargetId ORDERS = new TargetId("orders");
    private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");

    @Test
    void a_drill_that_failed_is_trouble_that_says_what_for_and_how_to_try_again() {
        Signal signal = signal(new DrillFailed(
                DRILL,
                ORDERS,
                new RepositoryId("main"),
                new SiteName("lab"),
                BACKUP,
                null,
                4711,
                NOW,
                NOW,
                1,
                DrillReason.MISSING_ROLE,
                new Failure(FailureCategory.CHECK_FAILED, "role shop is not there.", "look."),
                DrillMeasures.NONE,
                List.of(new DrillCheck("role shop", null, false, "is not there", DrillReason.MISSING_ROLE)),
                "orders/1/drills/b/d"));

        assertThat(signal).isInstanceOf(Signal.Trouble.class);
        assertThat(signal.matter()).isEqualTo(Matter.drill(ORDERS));
        assertThat(signal.notice().toString())
                .contains("missing role", "role shop: is not there", "orders/1/drills/b/d.html", "--seed 4711");
    }

    @Test
    void a_drill_that_passed_ends_the_trouble() {
        Signal signal = signal(new DrillCompleted(
                DRILL,
                ORDERS,
                new RepositoryId("main"),
                new SiteName("lab"),
                BACKUP,
                null,
                4711,
                NOW,
                NOW,
                DrillMeasures.NONE,
                List.of(),
                null));

        assertThat(signal).isInstanceOf(Signal.Success.class);
        assertThat(signal.matter()).isEqualTo(Matter.drill(ORDERS));
    }

    private static Signal signal(DrillEvent data) {
        EventId id = new EventId(DRILL.toString());
        return Signals.of(new Event<>(id, "/restore-worker/1", NOW, id, id, null, data))
                .getFirst();
    }
}
