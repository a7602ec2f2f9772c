package io.holdfast.restore.request;

import io.holdfast.testing.ServiceSurroundings;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;

/** A restore-worker of the site {@code lab}, with short times. */
public class RestoreProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "holdfast.site", "lab",
                "holdfast.run-as", "nobody",
                "holdfast.jobs.polling", "200ms",
                "holdfast.jobs.heartbeat", "500ms",
                "holdfast.jobs.retry-delay", "200ms");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(RestoreFolder.class), new TestResourceEntry(ServiceSurroundings.class));
    }
}
