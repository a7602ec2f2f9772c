package io.holdfast.repository.verify;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The same is found where nothing is opened. */
class StoredBytesDamageTest extends DamageTest {
    StoredBytesDamageTest(@TempDir Path work) throws Exception {
        super(work);
    }

    @Override
    VerificationDepth depth() {
        return VerificationDepth.BYTES;
    }
}
