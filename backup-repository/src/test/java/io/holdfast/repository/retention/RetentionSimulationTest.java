package io.holdfast.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A seed that fails stands in the message; {@code -Dretention.seed=SEED} runs that one alone, {@code
 * -Dretention.count=NUMBER} so many. */
class RetentionSimulationTest {
    @TempDir
    Path work;

    @Test
    void ten_years_keep_every_promise_and_leave_nothing_behind() {
        simulate(0, Integer.getInteger("retention.count", 40));
    }

    @Tag("long")
    @Test
    void ten_years_keep_every_promise_and_leave_nothing_behind_a_thousand_times() {
        simulate(1000, 2000);
    }

    private void simulate(long from, long to) {
        Long one = Long.getLong("retention.seed");
        LongStream seeds = one == null ? LongStream.range(from, to) : LongStream.of(one);
        List<String> failed = seeds.parallel()
                .mapToObj(this::failure)
                .flatMap(Optional::stream)
                .toList();
        assertThat(failed).isEmpty();
    }

    private Optional<String> failure(long seed) {
        try {
            new RetentionSimulation(seed, work).run();
            return Optional.empty();
        } catch (Exception | AssertionError e) {
            List<StackTraceElement> where = Arrays.stream(e.getStackTrace())
                    .filter(line -> line.getClassName().contains("retention"))
                    .limit(6)
                    .toList();
            return Optional.of("seed " + seed + ": " + e + " at " + where);
        }
    }
}
