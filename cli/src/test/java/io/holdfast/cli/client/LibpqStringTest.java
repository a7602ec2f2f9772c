package io.holdfast.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LibpqStringTest {
    @Test
    void keywords_are_read_with_quotes_and_escapes() {
        LibpqString read =
                LibpqString.parse("host=127.0.0.1  port=5433 user='o''brien' dbname='a \\'b\\\\'".replace("''", "\\'"));

        assertThat(read.keywords())
                .containsEntry("host", "127.0.0.1")
                .containsEntry("user", "o'brien")
                .containsEntry("dbname", "a 'b\\");
    }

    @Test
    void what_is_missing_is_as_libpq_has_it() {
        assertThat(LibpqString.parse("port=5433").jdbcUrl()).isEqualTo("jdbc:postgresql://127.0.0.1:5433/postgres");
    }

    @Test
    void another_database_of_the_same_server_is_written_as_it_is_read() {
        LibpqString other = LibpqString.parse("host=h dbname=postgres").database("a 'b\\");

        assertThat(LibpqString.parse(other.toString())).isEqualTo(other);
        assertThat(other.keywords()).containsEntry("host", "h").containsEntry("dbname", "a 'b\\");
    }

    @Test
    void an_open_quote_is_refused() {
        assertThatThrownBy(() -> LibpqString.parse("dbname='a")).hasMessageContaining("quote");
    }
}
