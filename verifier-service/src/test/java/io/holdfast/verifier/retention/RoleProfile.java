package io.holdfast.verifier.retention;

import io.holdfast.testing.ServiceSurroundings;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;

/** The service with the retention role, with short times. */
public class RoleProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "holdfast.retention.role", "on",
                "holdfast.retention.polling", "200ms",
                "holdfast.jobs.polling", "200ms",
                "holdfast.jobs.heartbeat", "500ms",
                "holdfast.jobs.retry-delay", "200ms");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(ServiceSurroundings.class));
    }
}
