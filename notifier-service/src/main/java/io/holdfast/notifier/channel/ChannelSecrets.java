package io.holdfast.notifier.channel;

import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import jakarta.inject.Singleton;
import java.net.URI;

/** The secrets of channels, read at the moment of use. Thread safe. */
@Singleton
public class ChannelSecrets {

    private final Secrets secrets;

    ChannelSecrets(Secrets secrets) {
        this.secrets = secrets;
    }

    /**
     * Resolves a reference.
     *
     * @param what for messages: {@code the token of slack.ops}
     */
    public Secret resolve(String what, String reference) throws DeliveryException {
        try {
            return secrets.resolve(reference);
        } catch (SecretException e) {
            throw new DeliveryException(what + ": " + e.getMessage(), e);
        }
    }

    /** An address; the message repeats nothing of it, for it may be a secret. */
    public static URI address(String what, String text) throws DeliveryException {
        try {
            return new URI(text);
        } catch (java.net.URISyntaxException e) {
            // The cause would repeat it.
            throw new DeliveryException(
                    "the address of " + what + " cannot be understood. HINT: it looks like https://host/path.");
        }
    }
}
