package io.holdfast.repository.fuzz;

import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Some inputs of each kind; {@code fuzz/run} tries for as long as one likes, led by coverage. */
@Timeout(120)
class StoredObjectsFuzzTest {
    private static final int MUTATIONS = 500;

    @ParameterizedTest
    @EnumSource(StoredObjectTarget.class)
    void whatever_is_stored_is_read_or_refused(StoredObjectTarget target) throws Exception {
        FuzzRun.of(target, Path.of("src/test/resources/fuzz"), MUTATIONS);
    }
}
