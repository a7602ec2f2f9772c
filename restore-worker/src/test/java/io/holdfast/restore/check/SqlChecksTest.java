package io.holdfast.restore.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreException;
import io.holdfast.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SqlChecksTest {
    private static final int LONG = 2000;

    @Test
    void a_value_longer_than_what_is_reported_is_compared_whole() throws Exception {
        String value = "x".repeat(LONG);
        String other = "x".repeat(LONG - 1) + "y";
        try (PostgresServer server = PostgresServer.of(17).start()) {
            CheckResult result = run(server, value);
            RestoreException failure = catchThrowableOfType(RestoreException.class, () -> run(server, other));

            assertThat(result.value()).hasSizeLessThan(LONG).endsWith("x…").isEqualTo(result.expected());
            assertThat(failure.failure().category()).isEqualTo(FailureCategory.CHECK_FAILED);
            assertThat(failure.failure().message()).hasSizeLessThan(LONG);
        }
    }

    private static CheckResult run(PostgresServer server, String expected) throws SQLException, RestoreException {
        try (Connection connection = server.connect("postgres")) {
            SqlCheck check = new SqlCheck("long", null, "select repeat('x', " + LONG + ")", expected);
            return SqlChecks.run(check, "postgres", connection);
        }
    }
}
