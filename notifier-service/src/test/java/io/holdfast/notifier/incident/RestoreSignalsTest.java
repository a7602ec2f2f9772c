package io.holdfast.notifier.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.restore.RestoreFailed;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RestoreSignalsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");

    @Test
    void a_restore_that_failed_is_trouble_and_a_dry_run_that_failed_is_none() {
        assertThat(signals(null)).singleElement().isInstanceOf(Signal.Trouble.class);
        assertThat(signals(true)).isEmpty();
    }

    private static List<Signal> signals(@Nullable Boolean dryRun) {
        return Signals.of(Event.first(
                EventId.derived("restore"),
                "/restore-worker/1",
                NOW,
                new RestoreFailed(
                        RestoreId.of("019c2a60-1f40-7c02-9a11-7be1d2c3a4f5"),
                        BackupId.of("019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b"),
                        new TargetId("orders"),
                        new SiteName("local"),
                        null,
                        NOW,
                        1,
                        new Failure(FailureCategory.INTERNAL, "the worker stopped.", "ask again."),
                        null,
                        dryRun)));
    }
}
