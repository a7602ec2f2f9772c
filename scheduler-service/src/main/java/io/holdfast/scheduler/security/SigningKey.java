package io.holdfast.scheduler.security;

import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.signing.KeyFiles;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.scheduler.SchedulerConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's private key, which this service alone holds. A key that is not there yet is looked for again at
 * each use; once read it stays for the life of the process. Thread safe.
 */
@Singleton
public class SigningKey {

    private final @Nullable Path file;
    private final Clock clock;
    private volatile @Nullable EventSigner signer;

    SigningKey(SchedulerConfig config, Clock clock) {
        this.file = config.controlPlanePrivateKey().orElse(null);
        this.clock = clock;
    }

    /**
     * The record, signed.
     *
     * @param validFor how long it may be acted on; null: for ever
     * @throws MissingSigningKeyException as long as there is no key
     */
    public WireEvent sign(WireEvent event, @Nullable Duration validFor) throws MissingSigningKeyException {
        return signer().sign(event, validFor);
    }

    /** What is wrong with the key, with a hint; empty when all is well. */
    public Optional<String> problem() {
        try {
            signer();
            return Optional.empty();
        } catch (MissingSigningKeyException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    private EventSigner signer() throws MissingSigningKeyException {
        EventSigner known = signer;
        if (known != null) {
            return known;
        }
        if (file == null) {
            throw new MissingSigningKeyException(
                    "there is no key to sign with. HINT: let"
                            + " HOLDFAST_CONTROL_PLANE_PRIVATE_KEY name a PEM file, made by `openssl genpkey -algorithm ed25519`.");
        }
        try {
            EventSigner fresh = new EventSigner(KeyFiles.readPrivate(file), clock);
            signer = fresh;
            return fresh;
        } catch (IOException e) {
            throw new MissingSigningKeyException(
                    "the key to sign with cannot be read (" + e.getClass().getSimpleName() + " at " + file
                            + "). HINT: HOLDFAST_CONTROL_PLANE_PRIVATE_KEY has to name a readable PEM file, made by"
                            + " `openssl genpkey -algorithm ed25519`.",
                    e);
        }
    }
}
