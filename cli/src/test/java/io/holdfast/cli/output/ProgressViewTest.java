package io.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressViewTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final SetClock clock = new SetClock();

    @Test
    void a_terminal_gets_one_line_drawn_anew() {
        ProgressView view = new ProgressView(console(true), clock);

        view.show("backup", half());
        view.show("backup", half());
        view.end();

        assertThat(said())
                .isEqualTo(
                        ("\rbackup: read  [############------------] 50 %  50.0 MB of 100.0 MB  10.0 MB/s  5.0 s left"
                                                + "\u001b[K")
                                        .repeat(2)
                                + System.lineSeparator());
    }

    @Test
    void elsewhere_a_phase_is_said_once_and_again_after_ten_seconds() {
        ProgressView view = new ProgressView(console(false), clock);

        view.show("backup", half());
        clock.now = clock.now.plus(Duration.ofSeconds(9));
        view.show("backup", half());
        clock.now = clock.now.plus(Duration.ofSeconds(1));
        view.show("backup", half());
        view.end();

        assertThat(said().lines()).hasSize(2).allMatch(line -> line.startsWith("backup: read"));
    }

    @Test
    void progress_never_goes_to_standard_output() {
        new ProgressView(console(true), clock).show("backup", half());

        assertThat(out.size()).isZero();
    }

    @Test
    void an_unknown_total_is_shown_without_a_bar() {
        Progress progress = new Progress("dump", 1_000, OptionalLong.empty(), 0, OptionalLong.empty());

        assertThat(progress.line("backup")).isEqualTo("backup: dump  1.00 kB");
    }

    private static Progress half() {
        return new Progress("read", 50_000_000, OptionalLong.of(100_000_000), 10_000_000, OptionalLong.of(5));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Console console(boolean terminal) {
        return new Console(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                terminal);
    }

    private static final class SetClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
