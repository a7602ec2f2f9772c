package io.holdfast.events.signing;

import io.holdfast.events.wire.WireEvent;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Signs what only the control plane may say. Ed25519 over what is said, where, and until when it may be acted on.
 * Thread safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8032">RFC 8032</a>
 */
public final class EventSigner {

    private final PrivateKey key;
    private final Clock clock;

    public EventSigner(PrivateKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /**
     * The same record with the signature's headers.
     *
     * @param validFor how long it may be acted on; null: for ever, as definitions are
     */
    public WireEvent sign(WireEvent event, @Nullable Duration validFor) {
        Map<String, String> headers = new HashMap<>(event.headers());
        headers.put(
                SignedContent.EXPIRY,
                validFor == null
                        ? SignedContent.NEVER
                        : Instant.now(clock).plus(validFor).toString());
        WireEvent expiring = new WireEvent(event.topic(), event.key(), headers, event.data());
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(SignedContent.of(expiring));
            headers.put(SignedContent.SIGNATURE, Base64.getEncoder().encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the signing key cannot sign. HINT: it has to be an Ed25519 key.", e);
        }
        return new WireEvent(event.topic(), event.key(), headers, event.data());
    }
}
