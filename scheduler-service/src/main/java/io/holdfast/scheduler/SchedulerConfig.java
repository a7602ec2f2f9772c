package io.holdfast.scheduler;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What the scheduler can be told beside what every service can. */
@ConfigMapping(prefix = "holdfast")
public interface SchedulerConfig {

    /** The configuration file, {@code holdfast.yaml}: HOLDFAST_CONFIG. */
    Optional<Path> config();

    /** PEM file with the control plane's private key (PKCS #8, Ed25519): HOLDFAST_CONTROL_PLANE_PRIVATE_KEY. */
    Optional<Path> controlPlanePrivateKey();

    /** File holding the API's token in its first line: HOLDFAST_TOKEN_FILE. Without it nobody is let in. */
    Optional<Path> tokenFile();

    Scheduler scheduler();

    /** The scheduler's own settings. */
    interface Scheduler {
        /** How often definitions are compared with what Kafka has, beside each change of the file. */
        @WithDefault("30s")
        Duration reconcile();

        /** How long a restore request may be acted on. */
        @WithDefault("1h")
        Duration restoreExpiry();

        /** How many clients may follow the stream of events at the same time. */
        @WithDefault("100")
        int followers();
    }
}
