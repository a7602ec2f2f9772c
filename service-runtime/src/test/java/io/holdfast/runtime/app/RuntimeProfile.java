package io.holdfast.runtime.app;

import io.holdfast.testing.ServiceSurroundings;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The small service's configuration: as a real one's, with short times. */
public class RuntimeProfile implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        Map<String, String> settings = new HashMap<>();
        settings.put("quarkus.application.name", "small-service");
        settings.put("holdfast.database.schema", "small_service");
        settings.put("mp.messaging.incoming.backup-requests.connector", "smallrye-kafka");
        settings.put("mp.messaging.incoming.backup-requests.topic", "holdfast.backup-requests");
        settings.put("mp.messaging.incoming.restore-requests.connector", "smallrye-kafka");
        settings.put("mp.messaging.incoming.restore-requests.topic", "holdfast.restore-requests");
        settings.put("holdfast.jobs.concurrency", "4");
        settings.put("holdfast.jobs.polling", "200ms");
        settings.put("holdfast.jobs.heartbeat", "300ms");
        settings.put("holdfast.jobs.retry-delay", "200ms");
        settings.put("holdfast.jobs.shutdown-wait", "300ms");
        return settings;
    }

    @Override
    public List<TestResourceEntry> testResources() {
        return List.of(new TestResourceEntry(ServiceSurroundings.class));
    }
}
