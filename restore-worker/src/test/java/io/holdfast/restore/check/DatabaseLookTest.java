package io.holdfast.restore.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.testing.PostgresServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabaseLookTest {
    private static final long LARGE = 1 << 20;

    @Test
    void a_large_table_is_counted_where_there_is_time_and_estimated_where_not() throws Exception {
        try (PostgresServer server = PostgresServer.of(17).start()) {
            server.execute("postgres", "create table little as select generate_series(1, 10) as id");
            server.execute("postgres", "create table large as select generate_series(1, 500000) as id");
            server.execute("postgres", "create table second as select generate_series(1, 100001) as id", "analyze");

            assertThat(look(server, Duration.ofMinutes(5)))
                    .contains(rows("little", "10"), rows("large", "500000"), rows("second", "100001"))
                    .contains(new CheckResult("rows", "postgres", "600011", null));
            assertThat(look(server, Duration.ofMillis(1)))
                    .contains(rows("little", "10"), rows("large", "~500000"), rows("second", "~100001"));
            assertThat(look(server, Duration.ZERO)).contains(rows("little", "10"), rows("large", "~500000"));
        }
    }

    private static CheckResult rows(String table, String count) {
        return new CheckResult("rows of public." + table, "postgres", count, null);
    }

    private static List<CheckResult> look(PostgresServer server, Duration forLarge) throws Exception {
        try (Connection connection = server.connect("postgres")) {
            CheckSession.begin(connection);
            return new DatabaseLook("postgres", connection, 100, (schema, table) -> true, LARGE, forLarge)
                    .look(RestoreWatch.NONE);
        }
    }
}
