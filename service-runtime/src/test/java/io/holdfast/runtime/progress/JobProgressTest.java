package io.holdfast.runtime.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.progress.Work;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JobProgressTest {

    private static final Instant START = Instant.parse("2026-11-20T02:00:00Z");

    private final JobProgress progress = new JobProgress(new EventId("r"), new TargetId("orders"), Work.BACKUP);

    @Test
    void the_rate_is_that_of_the_last_seconds_not_of_the_whole_job() {
        for (int second = 0; second <= 60; second++) {
            // 10 bytes a second at first, 100 a second from the 30th on
            long done = second <= 30 ? second * 10L : 300 + (second - 30) * 100L;
            progress.note("read", done, 6300L, START.plusSeconds(second));
        }

        JobProgressed news = Objects.requireNonNull(progress.news(START.plusSeconds(60), "w"));

        assertThat(news.bytesPerSecond()).isEqualTo(100);
        assertThat(news.secondsLeft()).isEqualTo(30);
    }

    @Test
    void a_new_phase_begins_its_own_rate() {
        progress.note("read", 0, null, START);
        progress.note("read", 1000, null, START.plusSeconds(1));
        progress.note("wal", 0, null, START.plusSeconds(2));

        JobProgressed news = Objects.requireNonNull(progress.news(START.plusSeconds(2), "w"));

        assertThat(news.bytesPerSecond()).isZero();
        assertThat(news.secondsLeft()).isNull();
    }

    @Test
    void no_rate_is_guessed_from_the_first_moments() {
        progress.note("fetch", 0, 75_000_000L, START);
        progress.note("fetch", 248, 75_000_000L, START.plusMillis(50));

        JobProgressed news = Objects.requireNonNull(progress.news(START.plusMillis(50), "w"));

        assertThat(news.bytesPerSecond()).isZero();
        assertThat(news.secondsLeft()).isNull();
    }

    @Test
    void nothing_new_is_nothing_to_tell() {
        progress.note("read", 1, null, START);

        assertThat(progress.news(START, "w")).isNotNull();
        assertThat(progress.news(START, "w")).isNull();
    }
}
