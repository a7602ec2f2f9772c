package io.holdfast.events.signing;

import io.holdfast.events.wire.WireEvent;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * Checks that the control plane signed a record, against the public key pinned in the local configuration. Whether it
 * was used before is for the caller to know: the event's id is single use. Thread safe.
 */
public final class SignatureCheck {

    private final PublicKey key;
    private final Clock clock;

    public SignatureCheck(PublicKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    /** The answer. */
    public sealed interface Verdict {
        /** Signed, unchanged and in time. */
        record Valid() implements Verdict {}

        /** Not to be acted on; {@code why} may be shown to anybody. */
        record Refused(String why) implements Verdict {}

        /** Signed and unchanged, but too late: not to be acted on, though its author may be told. */
        record Expired(String why) implements Verdict {}
    }

    public Verdict check(WireEvent event) {
        String signature = event.headers().get(SignedContent.SIGNATURE);
        String expiry = event.headers().get(SignedContent.EXPIRY);
        if (signature == null || expiry == null) {
            return new Verdict.Refused("not signed");
        }
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(SignedContent.of(event));
            if (!verifier.verify(Base64.getDecoder().decode(signature))) {
                return new Verdict.Refused("the signature is not that of the pinned control plane key");
            }
            if (!expiry.equals(SignedContent.NEVER) && !Instant.now(clock).isBefore(Instant.parse(expiry))) {
                return new Verdict.Expired("expired at " + expiry);
            }
            return new Verdict.Valid();
        } catch (GeneralSecurityException | IllegalArgumentException | DateTimeException e) {
            return new Verdict.Refused("the signature cannot be read");
        }
    }
}
