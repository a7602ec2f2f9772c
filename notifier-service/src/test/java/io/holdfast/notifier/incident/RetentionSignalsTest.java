package io.holdfast.notifier.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.retention.ApprovalAwaited;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.events.retention.RetentionFailed;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionSignalsTest {

    private static final TargetId ORDERS = new TargetId("orders");
    private static final RepositoryId MAIN = new RepositoryId("main");
    private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");

    @Test
    void what_waits_for_consent_is_a_warning_until_nothing_waits_any_more() {
        List<Signal> waits = signals(new ApprovalAwaited(ORDERS, MAIN, List.of(), 40, "a policy changed", NOW));

        assertThat(waits).singleElement().isInstanceOfSatisfying(Signal.Trouble.class, trouble -> {
            assertThat(trouble.notice().subject().level()).isEqualTo(AlertLevel.WARNING);
            assertThat(trouble.notice().subject().kind()).isEqualTo("retention_approval_awaited");
            assertThat(trouble.notice().sentence()).contains("40 backups of orders");
        });
        Matter matter = waits.getFirst().matter();
        assertThat(ended(completed(false, 1))).doesNotContain(matter);
        assertThat(ended(completed(true, 0))).isEmpty();
        assertThat(ended(completed(false, 0))).contains(matter);
    }

    @Test
    void a_run_that_failed_is_trouble_until_one_is_done_and_a_dry_one_is_neither() {
        Failure failure = new Failure(FailureCategory.PERMISSION, "may not delete", "Grant it.");

        List<Signal> failed = signals(new RetentionFailed(ORDERS, MAIN, false, failure, NOW));

        assertThat(failed).singleElement().isInstanceOf(Signal.Trouble.class);
        assertThat(ended(completed(false, 1))).contains(failed.getFirst().matter());
        assertThat(signals(new RetentionFailed(ORDERS, MAIN, true, failure, NOW)))
                .isEmpty();
    }

    private static List<Matter> ended(RetentionCompleted completed) {
        return signals(completed).stream()
                .filter(Signal.Success.class::isInstance)
                .map(Signal::matter)
                .toList();
    }

    private static RetentionCompleted completed(boolean dryRun, int awaiting) {
        return new RetentionCompleted(
                ORDERS, MAIN, dryRun, 3, 0, 0, awaiting, List.of(), null, 0, 0, 0, null, NOW, NOW);
    }

    private static List<Signal> signals(EventData data) {
        return Signals.of(Event.first(new EventId("1"), "/test", NOW, data));
    }
}
