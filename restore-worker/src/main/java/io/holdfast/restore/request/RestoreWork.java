package io.holdfast.restore.request;

import io.holdfast.runtime.identity.Instance;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where this worker keeps files while it works. */
@Singleton
class RestoreWork {
    private final Path directory;

    RestoreWork(RestoreSettings settings, Instance instance) throws IOException {
        this.directory = Files.createDirectories(settings.workDirectory()
                .orElse(Path.of(System.getProperty("java.io.tmpdir"), "holdfast-" + instance.service())));
    }

    /** It is there. */
    Path directory() {
        return directory;
    }
}
