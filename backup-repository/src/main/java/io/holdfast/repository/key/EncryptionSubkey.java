package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentVerifierBuilderProvider;

/**
 * The part of an OpenPGP key that messages are encrypted to: of those that its owner bound to it for encryption, that are
 * not revoked and have not expired, the newest, as {@code gpg} takes it.
 *
 * @param primary the owner's primary key
 * @param expires when this part or the whole key expires; {@link Instant#MAX} if never
 */
record EncryptionSubkey(PGPPublicKey primary, PGPPublicKey key, Instant expires) {
    private static final int FOR_ENCRYPTION = KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE;

    static EncryptionSubkey of(PGPPublicKeyRing ring, Instant now) throws RepositoryException {
        PGPPublicKey primary = ring.getPublicKey();
        if (isRevoked(primary, primary)) {
            throw refused(primary, "was revoked", "name a recipient whose key is still good.");
        }
        Optional<PGPSignature> self = newest(primary, signature -> isSelfSignature(primary, signature));
        if (self.isEmpty()) {
            throw refused(primary, "carries no signature of its owner", "export it again from where it was made.");
        }
        Instant end = expiry(primary, self.get());
        if (!end.isAfter(now)) {
            throw refused(primary, "expired on " + end, EXTEND);
        }
        Optional<EncryptionSubkey> best = Optional.empty();
        boolean anyExpired = false;
        for (PGPPublicKey key : ring) {
            Optional<PGPSignature> binding =
                    key.isMasterKey() ? self : newest(key, signature -> isBinding(primary, key, signature));
            if (binding.isPresent() && isForEncryption(key, binding.get()) && !isRevoked(primary, key)) {
                Instant expires = min(end, expiry(key, binding.get()));
                boolean newer =
                        best.isEmpty() || made(key).isAfter(made(best.get().key()));
                anyExpired |= !expires.isAfter(now);
                if (expires.isAfter(now) && newer) {
                    best = Optional.of(new EncryptionSubkey(primary, key, expires));
                }
            }
        }
        if (best.isEmpty()) {
            throw anyExpired
                    ? refused(primary, "has no part for encryption that has not expired", EXTEND)
                    : refused(
                            primary,
                            "has no part for encryption",
                            "add one (gpg --quick-add-key FINGERPRINT cv25519 encr), and export it again.");
        }
        return best.get();
    }

    private static final String EXTEND =
            "let its owner extend it (gpg --quick-set-expire FINGERPRINT 2y '*', and without '*'), and export it again.";

    private static Instant made(PGPPublicKey key) {
        return key.getCreationTime().toInstant();
    }

    private static Instant min(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static boolean isForEncryption(PGPPublicKey key, PGPSignature signature) {
        PGPSignatureSubpacketVector hashed = signature.getHashedSubPackets();
        return key.isEncryptionKey()
                && hashed != null
                && (hashed.hasSubpacket(org.bouncycastle.bcpg.SignatureSubpacketTags.KEY_FLAGS)
                        ? (hashed.getKeyFlags() & FOR_ENCRYPTION) != 0
                        : !key.isMasterKey());
    }

    private static Instant expiry(PGPPublicKey key, PGPSignature signature) {
        PGPSignatureSubpacketVector hashed = signature.getHashedSubPackets();
        long seconds = hashed == null ? 0 : hashed.getKeyExpirationTime();
        return seconds == 0 ? Instant.MAX : made(key).plus(Duration.ofSeconds(seconds));
    }

    private static Optional<PGPSignature> newest(PGPPublicKey key, Predicate<PGPSignature> good) {
        Optional<PGPSignature> newest = Optional.empty();
        Comparator<PGPSignature> byTime = Comparator.comparing(PGPSignature::getCreationTime);
        for (Iterator<PGPSignature> all = key.getSignatures(); all.hasNext(); ) {
            PGPSignature signature = all.next();
            if (good.test(signature) && (newest.isEmpty() || byTime.compare(signature, newest.get()) >= 0)) {
                newest = Optional.of(signature);
            }
        }
        return newest;
    }

    /** Whether the owner signed one of his names with this, or the key itself. */
    private static boolean isSelfSignature(PGPPublicKey primary, PGPSignature signature) {
        return switch (signature.getSignatureType()) {
            case PGPSignature.DIRECT_KEY ->
                verifies(primary, signature, checked -> checked.verifyCertification(primary));
            case PGPSignature.DEFAULT_CERTIFICATION,
                    PGPSignature.NO_CERTIFICATION,
                    PGPSignature.CASUAL_CERTIFICATION,
                    PGPSignature.POSITIVE_CERTIFICATION -> {
                boolean found = false;
                for (Iterator<String> names = primary.getUserIDs(); names.hasNext() && !found; ) {
                    String name = names.next();
                    found = verifies(primary, signature, checked -> checked.verifyCertification(name, primary));
                }
                yield found;
            }
            default -> false;
        };
    }

    private static boolean isBinding(PGPPublicKey primary, PGPPublicKey key, PGPSignature signature) {
        return signature.getSignatureType() == PGPSignature.SUBKEY_BINDING
                && verifies(primary, signature, checked -> checked.verifyCertification(primary, key));
    }

    private static boolean isRevoked(PGPPublicKey primary, PGPPublicKey key) {
        return newest(key, signature -> switch (signature.getSignatureType()) {
                    case PGPSignature.KEY_REVOCATION ->
                        verifies(primary, signature, checked -> checked.verifyCertification(primary));
                    case PGPSignature.SUBKEY_REVOCATION ->
                        verifies(primary, signature, checked -> checked.verifyCertification(primary, key));
                    default -> false;
                })
                .isPresent();
    }

    @FunctionalInterface
    private interface Verification {
        boolean of(PGPSignature signature) throws PGPException;
    }

    private static boolean verifies(PGPPublicKey primary, PGPSignature signature, Verification verification) {
        try {
            signature.init(new JcaPGPContentVerifierBuilderProvider().setProvider(OpenPgpMessage.PROVIDER), primary);
            return verification.of(signature);
        } catch (PGPException e) {
            // Made with another key, or in a way that is not known here: then it is no signature of the owner's.
            return false;
        }
    }

    /** The first name of its owner, or nothing. */
    static String userId(PGPPublicKey primary) {
        Iterator<String> names = primary.getUserIDs();
        return names.hasNext() ? names.next().replaceAll("\\p{Cntrl}", "?") : "";
    }

    private static RepositoryException refused(PGPPublicKey primary, String why, String hint) {
        String name = userId(primary);
        return new RepositoryException.Unusable(
                "The OpenPGP key " + upper(primary) + (name.isEmpty() ? "" : " (" + name + ")") + " " + why + ".",
                hint);
    }

    private static String upper(PGPPublicKey key) {
        return OpenPgpRecipient.fingerprint(key).toUpperCase(Locale.ROOT);
    }

    String describe() {
        return key.equals(primary)
                ? "the OpenPGP key " + upper(primary)
                : "the OpenPGP key " + upper(primary) + ", subkey " + upper(key);
    }

    void requireNotExpired(Instant now, String who) throws RepositoryException {
        if (!expires.isAfter(now)) {
            throw new RepositoryException.Unusable(
                    "Nothing can be encrypted for " + who + " any more: it expired on " + expires + ".", EXTEND);
        }
    }
}
