package io.holdfast.restore.request;

import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.TestFolders;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A folder for repository, work and restores, removed at the end, and the settings that lead there. */
public final class RestoreFolder implements QuarkusTestResourceLifecycleManager {
    /** The setting that names the folder to the test. */
    static final String SETTING = "holdfast.test.folder";

    private @Nullable Path folder;

    @Override
    public Map<String, String> start() {
        try {
            Path made = TestFolders.make("restore");
            folder = made;
            return Map.of(
                    SETTING,
                    made.toString(),
                    "holdfast.restore-directories",
                    made.resolve("allowed").toString(),
                    "holdfast.restore-hooks",
                    made.resolve("hooks").toString(),
                    "holdfast.work-directory",
                    made.resolve("work").toString(),
                    "holdfast.postgres-installations",
                    PostgresBinaries.of(17).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        Path made = folder;
        if (made == null) {
            return;
        }
        TestFolders.delete(made);
    }
}
