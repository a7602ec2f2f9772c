package io.holdfast.backup.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailuresTest {
    @ParameterizedTest
    @EnumSource(FailureCause.class)
    void every_failure_of_a_server_has_a_category_a_message_and_a_hint(FailureCause cause) {
        Failure failure = Failures.of(ReplicationException.of(cause, "What happened.", "What to do."));

        assertThat(failure.category()).isNotIn(FailureCategory.INTERNAL, FailureCategory.REPOSITORY_DAMAGED);
        assertThat(failure.message()).isEqualTo("What happened.");
        assertThat(failure.hint()).isEqualTo("What to do.");
    }

    @Test
    void the_repositorys_failures_are_told_apart() {
        assertThat(category(new RepositoryException.Full("full", "hint", null)))
                .isEqualTo(FailureCategory.REPOSITORY_FULL);
        assertThat(category(new RepositoryException.Denied("denied", "hint", null)))
                .isEqualTo(FailureCategory.REPOSITORY_READ_ONLY);
        assertThat(category(new RepositoryException.Unavailable("away", "hint", null)))
                .isEqualTo(FailureCategory.REPOSITORY_UNAVAILABLE);
        assertThat(category(new RepositoryException.Damaged("damaged", "hint")))
                .isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(category(new RepositoryException.Conflict("other", "hint")))
                .isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(category(new AccessDeniedException("/work"))).isEqualTo(FailureCategory.REPOSITORY_READ_ONLY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pg_dump: error: aborting because of server version mismatch|TOOL_VERSION",
                "pg_dump: error: query failed: ERROR:  canceling statement due to statement timeout - LOCK TABLE x|TIMEOUT",
                "pg_dump: error: Dumping the contents of table \"t\" failed: server closed the connection unexpectedly|SERVER_INTERRUPTED",
                "FATAL:  terminating connection due to administrator command|SERVER_INTERRUPTED",
                "pg_dump: error: connection to server at \"h\", port 1 failed: Connection refused|CONNECTION",
                "FATAL:  password authentication failed for user \"backup\"|AUTHENTICATION",
                "pg_dump: error: query failed: ERROR:  permission denied for table t|PERMISSION",
                "pg_dump: error: something nobody thought of|TOOL_FAILED"
            })
    void a_programs_last_words_tell_what_its_exit_code_does_not(String lastWords, FailureCategory category) {
        assertThat(ToolFailures.ofLastWords("pg_dump ended with exit code 1.", lastWords)
                        .category())
                .isEqualTo(category);
    }

    private static FailureCategory category(IOException failure) {
        return Failures.of(failure).category();
    }
}
