package io.holdfast.restore.request;

import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.ServiceSurroundings;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A restore-worker of the site {@code lab} that may write below one folder. */
public class RestoreProfile implements QuarkusTestProfile {
    /** Set in the test's class loader, too, by the same property. */
    static final String FOLDER = "holdfast.test.folder";

    @Override
    public Map<String, String> getConfigOverrides() {
        try {
            Path folder = Files.createTempDirectory("holdfast-test-restore");
            Map<String, String> settings = new HashMap<>();
            settings.put(FOLDER, folder.toString());
            settings.put("holdfast.site", "lab");
            settings.put(
                    "holdfast.restore-directories", folder.resolve("allowed").toString());
            settings.put(
                    "holdfast.postgres-installations", PostgresBinaries.of(17).toString());
            settings.put("holdfast.run-as", "nobody");
            settings.put("holdfast.work-directory", folder.resolve("work").toString());
            settings.put("holdfast.jobs.polling", "200ms");
            settings.put("holdfast.jobs.heartbeat", "500ms");
            settings.put("holdfast.jobs.retry-delay", "200ms");
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(ServiceSurroundings.class));
    }
}
