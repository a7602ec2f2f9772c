package io.holdfast.scheduler.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.request.RestoreDestination.Table;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "shop.orders              | shop     | orders",
                "Shop.Sp ace; $(x)        | Shop     | Sp ace; $(x)",
                "\"a.b\".c                | a.b      | c",
                "a.\"b.\"\"c\"\"\"        | a        | b.\"c\"",
                "\"\"\"\".\"-oX\"         | \"       | -oX",
            })
    void a_name_is_taken_as_it_is_written(String text, String schema, String name) {
        assertThat(TableName.parse(text)).isEqualTo(new Table(schema, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders", "a.b.c", "a.", ".b", "a.\"b", "a.\"b\"c", "a.b\"c", "\"\".b", "a..b"})
    void anything_else_is_refused(String text) {
        assertThatThrownBy(() -> TableName.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
