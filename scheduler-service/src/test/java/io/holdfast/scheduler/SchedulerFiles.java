package io.holdfast.scheduler;

import io.holdfast.testing.TestFolders;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scheduler's own files: {@code holdfast.yaml}, which tests may change, and the API's token. */
public final class SchedulerFiles implements QuarkusTestResourceLifecycleManager {

    /** The API's token in tests. */
    public static final String TOKEN = "test-token-0123456789abcdef";

    /** The file as it is at the start: no schedule that could come due while tests run. */
    public static final String BEGINNING = """
            repositories:
              main: { url: "file:///srv/holdfast" }
              cloud: { url: "file:///srv/cloud" }
            targets:
              orders:
                postgres: { host: 127.0.0.1, user: backup, password: "env:ORDERS_PASSWORD" }
                repository: main
                schedule: { full: "0 2 29 2 *", time_zone: UTC }
              billing:
                postgres: { host: 127.0.0.1, user: backup, password: "env:BILLING_PASSWORD" }
                repositories: [main, cloud]
            notifications:
              email: { smtp: "smtp://127.0.0.1:25", from: holdfast@example.org, to: [ops@example.org] }
            """;

    private @Nullable Path file;

    @Override
    public Map<String, String> start() {
        try {
            Path folder = TestFolders.make("scheduler");
            Path config = folder.resolve("holdfast.yaml");
            Files.writeString(config, BEGINNING);
            file = config;
            Path token = folder.resolve("token");
            Files.writeString(token, TOKEN + "\n");
            return Map.of("holdfast.config", config.toString(), "holdfast.token-file", token.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void inject(TestInjector fields) {
        fields.injectIntoFields(this, field -> field.getType().equals(SchedulerFiles.class));
    }

    /** Replaces the file at once, as careful editors do. */
    public void write(String text) {
        if (file == null) {
            throw new IllegalStateException("not started");
        }
        try {
            Path next = file.resolveSibling("holdfast.yaml.next");
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (file != null && file.getParent() != null) {
            TestFolders.delete(file.getParent());
        }
    }
}
