package io.holdfast.notifier;

import io.holdfast.testing.ServiceSurroundings;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.List;
import java.util.Map;

/** The service as it is, with short times. */
public class NotifierProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of(
                "holdfast.notifier.polling", "100ms",
                "holdfast.notifier.retry-delay", "100ms",
                "holdfast.notifier.retry-delay-limit", "300ms",
                "holdfast.notifier.group-wait", "0s",
                "holdfast.notifier.allowed-networks", "127.0.0.0/8");
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(ServiceSurroundings.class));
    }
}
