package io.holdfast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresServerTest {

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void each_major_answers_with_its_own_version(int major) {
        try (PostgresServer server = PostgresServer.of(major).start()) {
            assertThat(server.query("postgres", "show server_version")).startsWith(major + ".");
        }
    }

    @Test
    void a_killed_server_comes_back_with_its_rows() {
        try (PostgresServer server = PostgresServer.of(17).start()) {
            server.execute("postgres", "create table t as select generate_series(1, 10) as id");
            server.kill();
            server.start();
            assertThat(server.query("postgres", "select count(*) from t")).isEqualTo("10");
        }
    }
}
