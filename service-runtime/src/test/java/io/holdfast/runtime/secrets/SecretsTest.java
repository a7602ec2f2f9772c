package io.holdfast.runtime.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    private final Map<String, String> environment = Map.of("ORDERS_PASSWORD", "s3cret");
    private final Secrets secrets = new Secrets(environment::get);

    @Test
    void an_environment_variable_is_found() {
        assertThat(secrets.resolve("env:ORDERS_PASSWORD").reveal()).isEqualTo("s3cret");
    }

    @Test
    void a_file_is_read_without_its_last_line_break(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "two\nlines\n");

        assertThat(secrets.resolve("file:" + file).reveal()).isEqualTo("two\nlines");
        assertThat(secrets.resolve("file://" + file).reveal()).isEqualTo("two\nlines");
    }

    @Test
    void a_secret_does_not_show_itself() {
        assertThat(secrets.resolve("env:ORDERS_PASSWORD")).hasToString("***");
    }

    @Test
    void a_plain_value_is_refused_and_not_repeated() {
        assertThatThrownBy(() -> secrets.resolve("hunter2"))
                .isInstanceOf(SecretException.class)
                .hasMessageContaining("HINT:")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void a_reference_that_leads_nowhere_says_where_it_looked() {
        assertThatThrownBy(() -> secrets.resolve("env:MISSING"))
                .hasMessageContaining("MISSING")
                .hasMessageContaining("HINT:");
        assertThatThrownBy(() -> secrets.resolve("file:/nowhere/at/all"))
                .hasMessageContaining("/nowhere/at/all")
                .hasMessageContaining("HINT:");
        assertThatThrownBy(() -> secrets.resolve("file:relative")).hasMessageContaining("not absolute");
    }
}
