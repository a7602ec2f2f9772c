package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.holdfast.repository.fuzz.FuzzRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Some inputs of each kind; {@code fuzz/run} tries for as long as one likes, led by coverage. */
@Timeout(120)
class ReceivedFuzzTest {
    private static final int MUTATIONS = 300;

    @ParameterizedTest
    @EnumSource(ReceivedTarget.class)
    void whatever_a_server_sends_is_taken_or_refused(ReceivedTarget target) throws Exception {
        FuzzRun.of(target, Path.of("src/test/resources/fuzz"), MUTATIONS);
    }

    @Test
    void what_fuzzing_begins_from_is_a_whole_backup(@TempDir Path scratch) throws Exception {
        for (byte[] seed : ReceivedTarget.SESSION.seeds()) {
            assertThatCode(() -> ReceivedTarget.SESSION.parse(seed, Files.createDirectory(scratch.resolve("session"))))
                    .doesNotThrowAnyException();
        }
    }
}
