package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.jcajce.JcePublicKeyKeyEncryptionMethodGenerator;

/** Somebody with an OpenPGP key, of whom the public half is known. Wrapped keys are messages that {@code gpg} decrypts. */
public final class OpenPgpRecipient implements KeyRecipient {
    private final EncryptionSubkey subkey;
    private final String userId;
    private final InstantSource clock;

    private OpenPgpRecipient(EncryptionSubkey subkey, String userId, InstantSource clock) {
        this.subkey = subkey;
        this.userId = userId;
        this.clock = clock;
    }

    /**
     * The owners of public keys, as {@code gpg --export --armor} writes them.
     *
     * @param keys one or more keys, armored or not
     * @throws RepositoryException.Unusable if these are no keys, or one of them cannot be encrypted to: it was revoked, has
     *     expired, or has no part for encryption
     */
    public static List<OpenPgpRecipient> parse(byte[] keys, InstantSource clock) throws RepositoryException {
        List<OpenPgpRecipient> recipients = new ArrayList<>();
        try {
            PGPPublicKeyRingCollection rings = new PGPPublicKeyRingCollection(
                    PGPUtil.getDecoderStream(new ByteArrayInputStream(keys)), new JcaKeyFingerprintCalculator());
            for (PGPPublicKeyRing ring : rings) {
                EncryptionSubkey subkey = EncryptionSubkey.of(ring, clock.instant());
                recipients.add(new OpenPgpRecipient(subkey, EncryptionSubkey.userId(ring.getPublicKey()), clock));
            }
        } catch (PGPException | IOException e) {
            if (e instanceof RepositoryException known) {
                throw known;
            }
            throw notKeys("it cannot be read: " + e.getMessage(), e);
        }
        if (recipients.isEmpty()) {
            throw notKeys("there is none in it", null);
        }
        return recipients;
    }

    private static RepositoryException notKeys(String why, @org.jspecify.annotations.Nullable Exception cause) {
        String what = "What is given as an OpenPGP public key is not one: " + why + ".";
        String hint = "give what gpg --export --armor prints.";
        return cause == null
                ? new RepositoryException.Unusable(what, hint)
                : new RepositoryException.Unusable(what, hint, cause);
    }

    static String fingerprint(PGPPublicKey key) {
        return HexFormat.of().formatHex(key.getFingerprint());
    }

    @Override
    public String id() {
        return WrappedKey.openPgp(fingerprint(subkey.key()));
    }

    @Override
    public String describe() {
        return subkey.describe() + (userId.isEmpty() ? "" : " (" + userId + ")");
    }

    @Override
    public byte[] wrap(byte[] message, KeyContext context) throws RepositoryException {
        subkey.requireNotExpired(clock.instant(), describe());
        try {
            return OpenPgpMessage.encrypt(
                    message,
                    new JcePublicKeyKeyEncryptionMethodGenerator(subkey.key()).setProvider(OpenPgpMessage.PROVIDER));
        } catch (PGPException | IOException e) {
            throw new RepositoryException.Unusable(
                    "A key could not be wrapped for " + describe() + ": " + e.getMessage() + ".",
                    "name a recipient with an RSA or Curve25519 key.",
                    e);
        }
    }

    @Override
    public String toString() {
        return "OpenPgpRecipient[" + describe() + "]";
    }
}
