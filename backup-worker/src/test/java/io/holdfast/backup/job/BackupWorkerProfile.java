package io.holdfast.backup.job;

import io.holdfast.testing.ServiceSurroundings;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;

/** The service's own configuration with short times. */
public class BackupWorkerProfile implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "holdfast.jobs.concurrency", "6",
                "holdfast.jobs.attempts", "2",
                "holdfast.jobs.polling", "200ms",
                "holdfast.jobs.heartbeat", "500ms",
                "holdfast.jobs.retry-delay", "200ms",
                "holdfast.stream.increment-after", "500ms",
                "holdfast.stream.tell-every", "2s",
                "holdfast.work-directory", "target/work-of-tests");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(ServiceSurroundings.class));
    }
}
