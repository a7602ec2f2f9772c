package io.holdfast.repository.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {
    @Property
    void what_is_written_is_read_back(@ForAll long value) {
        Lsn lsn = new Lsn(value);
        assertThat(Lsn.parse(lsn.toString())).isEqualTo(lsn);
    }

    @Test
    void positions_are_unsigned() {
        assertThat(Lsn.parse("FFFFFFFF/FFFFFFFF")).isGreaterThan(Lsn.parse("0/1"));
        assertThat(Lsn.parse("16/B374D848").value()).isEqualTo(0x16B374D848L);
        assertThat(Lsn.parse("0/3000028")).hasToString("0/3000028");
        assertThat(Lsn.parse("1/0").minus(Lsn.parse("0/FFFFFFFF"))).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "0/", "/0", "0/100000000", "g/0", "0/0/0", "-1/0", " 0/0"})
    void other_texts_are_refused(String text) {
        assertThatThrownBy(() -> Lsn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void segments_are_named_as_postgresql_names_them() {
        int size = 16 << 20;
        Lsn lsn = Lsn.parse("16/B374D848");
        WalSegmentName name = WalSegmentName.of(1, lsn.segmentNumber(size), size);

        assertThat(name).hasToString("0000000100000016000000B3");
        assertThat(name.segmentNumber(size)).isEqualTo(lsn.segmentNumber(size));
        assertThat(lsn.segmentOffset(size)).isEqualTo(0x74D848);
        assertThat(WalSegmentName.of(-1, 0, size).timeline()).isEqualTo(-1);
        assertThat(WalSegmentName.of(3, 5000, 1 << 30).value()).isEqualTo("00000003000004E200000000");
    }
}
