package io.holdfast.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LogPositionTest {
    @Test
    void positions_are_ordered_as_numbers_not_as_texts() {
        assertThat(LogPosition.of("2/0")).isGreaterThan(LogPosition.of("1/FFFFFFFF"));
        assertThat(LogPosition.of("A/0")).isGreaterThan(LogPosition.of("9/10000000"));
        assertThat(LogPosition.of("FFFFFFFF/FFFFFFFF")).isGreaterThan(LogPosition.of("7FFFFFFF/0"));
    }

    @Test
    void a_position_is_written_as_it_is_read() {
        assertThat(LogPosition.of("16/B374D848")).hasToString("16/B374D848");
    }

    @Test
    void anything_else_is_refused() {
        assertThatThrownBy(() -> LogPosition.of("")).isInstanceOf(IllegalArgumentException.class);
    }
}
