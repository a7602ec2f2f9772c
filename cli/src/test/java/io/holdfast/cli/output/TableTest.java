package io.holdfast.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columns_are_as_wide_as_their_widest_cell() {
        Table table = new Table("NAME", "SIZE").row("a", "1 B").row("longer", "22 MB");

        assertThat(table).hasToString("NAME    SIZE\na       1 B\nlonger  22 MB");
    }

    @Test
    void a_name_cannot_forge_a_line_or_paint_the_terminal() {
        assertThat(new Table("NAME").row("x\ny\u001b[31m").toString()).isEqualTo("NAME\nx?y?[31m");
    }
}
