package io.holdfast.backup.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.runtime.jobs.JobRun;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AttemptWatchTest {
    @Test
    void an_attempt_that_takes_too_long_is_ended_and_known_as_such() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (AttemptWatch watch = new AttemptWatch(new Run(), Duration.ofMillis(100), ended::countDown)) {
            ended.await();
            assertThat(watch.tookTooLong()).isTrue();
        }
    }

    @Test
    void an_attempt_that_was_told_to_stop_is_ended_for_that_reason() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        Run run = new Run();
        try (AttemptWatch watch = new AttemptWatch(run, Duration.ofHours(1), ended::countDown)) {
            run.cancelled = true;
            ended.await();
            assertThat(watch.tookTooLong()).isFalse();
        }
    }

    @Test
    void once_closed_it_ends_nothing_any_more() {
        CountDownLatch ended = new CountDownLatch(1);
        Run run = new Run();
        new AttemptWatch(run, Duration.ofHours(1), ended::countDown).close();
        run.cancelled = true;

        assertThat(ended.getCount()).isEqualTo(1);
    }

    private static final class Run implements JobRun {
        private volatile boolean cancelled;

        @Override
        public Event<?> request() {
            return Event.first(
                    new EventId("r1"),
                    "/test/1",
                    Instant.EPOCH,
                    new BackupRequested(new TargetId("orders"), BackupKind.FULL, null, null, null));
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public Instant startedAt() {
            return Instant.EPOCH;
        }

        @Override
        public String worker() {
            return "w1";
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void throwIfCancelled() {
            assertThat(cancelled).isFalse();
        }

        @Override
        public void progress(String phase, long bytesDone, @Nullable Long bytesTotal) {}

        @Override
        public void publishNow(EventData data) {}

        @Override
        public void requireOwnership() {}
    }
}
