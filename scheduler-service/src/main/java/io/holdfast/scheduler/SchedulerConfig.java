package io.holdfast.scheduler;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What the scheduler can be told beside what every service can. Immutable. */
@Singleton
public class SchedulerConfig {

    private final Optional<Path> config;
    private final Optional<Path> controlPlanePrivateKey;
    private final Optional<Path> tokenFile;
    private final Duration reconcile;
    private final Duration restoreExpiry;
    private final int followers;
    private final Duration rereadWithin;

    @Inject
    public SchedulerConfig(
            @ConfigProperty(name = "holdfast.config") Optional<Path> config,
            @ConfigProperty(name = "holdfast.control-plane-private-key") Optional<Path> controlPlanePrivateKey,
            @ConfigProperty(name = "holdfast.token-file") Optional<Path> tokenFile,
            @ConfigProperty(name = "holdfast.scheduler.reconcile", defaultValue = "30s") Duration reconcile,
            @ConfigProperty(name = "holdfast.scheduler.restore-expiry", defaultValue = "1h") Duration restoreExpiry,
            @ConfigProperty(name = "holdfast.scheduler.followers", defaultValue = "100") int followers,
            @ConfigProperty(name = "holdfast.scheduler.reread-within", defaultValue = "30d") Duration rereadWithin) {
        this.config = config;
        this.controlPlanePrivateKey = controlPlanePrivateKey;
        this.tokenFile = tokenFile;
        this.reconcile = reconcile;
        this.restoreExpiry = restoreExpiry;
        this.followers = followers;
        this.rereadWithin = rereadWithin;
    }

    /** The configuration file, {@code holdfast.yaml}: HOLDFAST_CONFIG. */
    public Optional<Path> config() {
        return config;
    }

    /** PEM file with the control plane's private key (PKCS #8, Ed25519): HOLDFAST_CONTROL_PLANE_PRIVATE_KEY. */
    public Optional<Path> controlPlanePrivateKey() {
        return controlPlanePrivateKey;
    }

    /** File holding the API's token in its first line: HOLDFAST_TOKEN_FILE. Without it nobody is let in. */
    public Optional<Path> tokenFile() {
        return tokenFile;
    }

    /** How often definitions are compared with what Kafka has, beside each change of the file. */
    public Duration reconcile() {
        return reconcile;
    }

    /** How long a restore request may be acted on. */
    public Duration restoreExpiry() {
        return restoreExpiry;
    }

    /** How many clients may follow the stream of events at the same time. */
    public int followers() {
        return followers;
    }

    /** Within which all that is stored is to be read back once: HOLDFAST_SCHEDULER_REREAD_WITHIN. */
    public Duration rereadWithin() {
        return rereadWithin;
    }
}
