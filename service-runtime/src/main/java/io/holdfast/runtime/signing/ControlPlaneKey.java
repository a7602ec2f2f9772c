package io.holdfast.runtime.signing;

import io.holdfast.events.signing.KeyFiles;
import io.holdfast.events.signing.SignatureCheck;
import io.holdfast.runtime.configuration.HoldfastConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's public key, pinned by this service's own configuration. A key that is not there yet is looked for
 * again at each use; once read it stays for the life of the process. Thread safe.
 */
@Singleton
public class ControlPlaneKey {

    private final @Nullable Path file;
    private final Clock clock;
    private volatile @Nullable SignatureCheck check;

    @Inject
    public ControlPlaneKey(HoldfastConfig config, Clock clock) {
        this(config.controlPlanePublicKey().orElse(null), clock);
    }

    public ControlPlaneKey(@Nullable Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * The check against the pinned key.
     *
     * @throws MissingKeyException as long as there is none
     */
    public SignatureCheck check() throws MissingKeyException {
        SignatureCheck known = check;
        if (known != null) {
            return known;
        }
        if (file == null) {
            throw new MissingKeyException("no control plane key is pinned. HINT: let HOLDFAST_CONTROL_PLANE_PUBLIC_KEY"
                    + " name the PEM file with the control plane's public key.");
        }
        try {
            SignatureCheck fresh = new SignatureCheck(KeyFiles.readPublic(file), clock);
            check = fresh;
            return fresh;
        } catch (IOException e) {
            throw new MissingKeyException(
                    "the control plane's public key cannot be read: " + e.getMessage()
                            + ". HINT: HOLDFAST_CONTROL_PLANE_PUBLIC_KEY has to name a readable PEM file.",
                    e);
        }
    }

    /** What is wrong with the key, with a hint; empty when all is well. */
    public Optional<String> problem() {
        try {
            check();
            return Optional.empty();
        } catch (MissingKeyException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }
}
