package io.holdfast.testing;

import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.signing.KeyFiles;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a service needs around it in a {@code @QuarkusTest}: a broker, a database and the control plane's keys.
 *
 * <pre>
 * &#64;QuarkusTest
 * &#64;WithTestResource(ServiceSurroundings.class)
 * class SomethingTest {
 *     &#64;Surrounding KafkaBroker broker;
 *     &#64;Surrounding ServiceDatabase database;
 *     &#64;Surrounding EventSigner controlPlane; // signs as the control plane does
 * }
 * </pre>
 */
public final class ServiceSurroundings implements QuarkusTestResourceLifecycleManager {

    /** Given as an argument with the value {@code away}: the broker does not run until the test starts it. */
    public static final String BROKER = "broker";

    private boolean brokerAway;
    private @Nullable Path keys;
    private @Nullable KafkaBroker broker;
    private @Nullable ServiceDatabase database;
    private @Nullable EventSigner controlPlane;

    @Override
    public void init(Map<String, String> arguments) {
        brokerAway = "away".equals(arguments.get(BROKER));
    }

    @Override
    public Map<String, String> start() {
        try {
            Path folder = TestFolders.make("keys");
            keys = folder;
            Path privateKey = folder.resolve("control-plane.key");
            Path publicKey = folder.resolve("control-plane.pub");
            KeyFiles.create(privateKey, publicKey);
            controlPlane = new EventSigner(KeyFiles.readPrivate(privateKey), Clock.systemUTC());
            KafkaBroker kafka = brokerAway ? KafkaBroker.prepared() : KafkaBroker.started();
            broker = kafka;
            ServiceDatabase postgres = ServiceDatabase.started();
            database = postgres;

            Map<String, String> settings = new HashMap<>();
            settings.put("holdfast.kafka", kafka.address());
            settings.put("holdfast.database.url", postgres.jdbcUrl());
            settings.put("holdfast.database.user", postgres.user());
            settings.put("holdfast.instance", "test-1");
            settings.put("holdfast.control-plane-public-key", publicKey.toString());
            settings.put("holdfast.control-plane-private-key", privateKey.toString());
            settings.put("holdfast.http.port", "0");
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void inject(TestInjector fields) {
        set(fields, broker, KafkaBroker.class);
        set(fields, database, ServiceDatabase.class);
        set(fields, controlPlane, EventSigner.class);
    }

    private static void set(TestInjector fields, @Nullable Object value, Class<?> type) {
        if (value != null) {
            fields.injectIntoFields(value, new TestInjector.AnnotatedAndMatchesType(Surrounding.class, type));
        }
    }

    @Override
    public void stop() {
        if (broker != null) {
            broker.close();
        }
        if (database != null) {
            database.close();
        }
        if (keys != null) {
            TestFolders.delete(keys);
        }
    }
}
