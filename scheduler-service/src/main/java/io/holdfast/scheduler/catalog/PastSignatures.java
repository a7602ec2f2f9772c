package io.holdfast.scheduler.catalog;

import io.holdfast.events.signing.KeyFiles;
import io.holdfast.events.signing.SignatureCheck;
import io.holdfast.events.signing.SignatureCheck.Verdict;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.configuration.HoldfastConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * Judges signatures as of the time when the event was said: the catalog reads old requests again, which have long
 * expired and were good in their day. The time is covered by the signature. Thread safe.
 */
@Singleton
class PastSignatures {

    private final @Nullable Path file;
    private volatile @Nullable PublicKey key;

    PastSignatures(HoldfastConfig config) {
        this.file = config.controlPlanePublicKey().orElse(null);
    }

    /** @throws UncheckedIOException while the key cannot be read: the record is to be judged later */
    boolean valid(WireEvent event, Instant saidAt) {
        Clock then = Clock.fixed(saidAt, ZoneOffset.UTC);
        return new SignatureCheck(key(), then).check(event) instanceof Verdict.Valid;
    }

    private PublicKey key() {
        PublicKey known = key;
        if (known != null) {
            return known;
        }
        try {
            if (file == null) {
                throw new IOException("no control plane key is pinned. HINT: set HOLDFAST_CONTROL_PLANE_PUBLIC_KEY.");
            }
            PublicKey fresh = KeyFiles.readPublic(file);
            key = fresh;
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
