package io.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AmountsTest {
    @Test
    void bytes_are_shown_in_powers_of_a_thousand() {
        assertThat(Amounts.bytes(0)).isEqualTo("0 B");
        assertThat(Amounts.bytes(999)).isEqualTo("999 B");
        assertThat(Amounts.bytes(1_500)).isEqualTo("1.50 kB");
        assertThat(Amounts.bytes(31_400_000)).isEqualTo("31.4 MB");
        assertThat(Amounts.bytes(Long.MAX_VALUE)).isEqualTo("9.22 EB");
    }

    @Test
    void what_rounds_to_a_thousand_is_one_of_the_next_unit() {
        assertThat(Amounts.bytes(999_949)).isEqualTo("999.9 kB");
        assertThat(Amounts.bytes(999_999)).isEqualTo("1.00 MB");
    }

    @Test
    void lengths_of_time_lose_what_does_not_matter() {
        assertThat(Amounts.duration(Duration.ofMillis(840))).isEqualTo("0.8 s");
        assertThat(Amounts.duration(Duration.ofSeconds(42))).isEqualTo("42 s");
        assertThat(Amounts.duration(Duration.ofSeconds(185))).isEqualTo("3 min 05 s");
        assertThat(Amounts.duration(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
    }
}
