package io.holdfast.repository.key;

import io.holdfast.repository.store.ObjectKey;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One wrapped form of a key, by its name: {@code <recipient>.<sha256>}, where the digest is that of the object's bytes. So
 * damage shows without opening it, and a key can be wrapped for one recipient again.
 */
record WrappedKey(ObjectKey object, String recipient, String sha256) {
    private static final Pattern NAME = Pattern.compile("([a-z0-9-]{1,100})\\.([0-9a-f]{64})");
    static final String PASSPHRASE = "passphrase";

    private static final String OPENPGP = "openpgp-";

    /** What a name says, or empty if no writer of this format made it. */
    static Optional<WrappedKey> of(ObjectKey object) {
        Matcher name = NAME.matcher(object.lastSegment());
        return name.matches() ? Optional.of(new WrappedKey(object, name.group(1), name.group(2))) : Optional.empty();
    }

    /** The identifier of the recipient who has the OpenPGP key of this fingerprint. */
    static String openPgp(String fingerprint) {
        return OPENPGP + fingerprint.toLowerCase(Locale.ROOT);
    }

    /** Who that is, as far as the name tells. */
    static String describe(String recipient) {
        return recipient.startsWith(OPENPGP)
                ? "the OpenPGP key " + recipient.substring(OPENPGP.length()).toUpperCase(Locale.ROOT)
                : recipient.equals(PASSPHRASE)
                        ? "a passphrase"
                        : recipient.startsWith(AwsKmsKey.PREFIX)
                                ? "the AWS KMS key " + recipient.substring(AwsKmsKey.PREFIX.length())
                                : "the key " + recipient;
    }
}
