package io.holdfast.verifier.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ArchiveReadingTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "cat > /dev/null; kill -9 $$, ended by signal 9",
        "kill -15 $$, ended by signal 15",
        "echo 'no libpq' >&2; exit 127, ended with 127: no libpq",
    })
    void a_program_that_comes_to_no_verdict_says_nothing_about_the_dump(String script, String said) throws Exception {
        CannotCheckException failure = failure(program(script), Duration.ofSeconds(50));

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.TOOL_FAILED);
        assertThat(failure.failure().message()).contains(said);
        assertThat(failure.failure().hint()).contains("not shown to be bad");
    }

    @Test
    void a_program_that_cannot_be_started_says_nothing_about_the_dump() {
        CannotCheckException failure = failure(folder.resolve("none"), Duration.ofSeconds(50));

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.TOOL_FAILED);
        assertThat(failure.failure().message()).contains("cannot be started");
    }

    @Test
    void a_program_that_takes_too_long_says_nothing_about_the_dump() throws Exception {
        CannotCheckException failure = failure(program("exec sleep 600"), Duration.ofMillis(300));

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.TIMEOUT);
    }

    @Test
    void what_a_program_complains_of_is_wrong_with_the_dump() throws Exception {
        ArchiveReading reading = new ArchiveReading(
                program("cat > /dev/null; echo 'unexpected end of file' >&2; exit 1"), Duration.ofSeconds(50));

        assertThat(reading.read(archive(), read -> {})).contains("pg_restore ended with 1: unexpected end of file");
    }

    private CannotCheckException failure(Path program, Duration limit) {
        CannotCheckException failure = catchThrowableOfType(
                CannotCheckException.class, () -> new ArchiveReading(program, limit).read(archive(), read -> {}));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static InputStream archive() {
        return new ByteArrayInputStream(new byte[1 << 20]);
    }

    private Path program(String script) throws IOException {
        Path program = Files.writeString(folder.resolve("pg_restore"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}
