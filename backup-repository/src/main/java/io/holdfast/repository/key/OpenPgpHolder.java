package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPrivateKey;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.PGPRuntimeOperationException;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.jcajce.JcaKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcePBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcePublicKeyDataDecryptorFactoryBuilder;
import org.jspecify.annotations.Nullable;

/** Somebody who holds OpenPGP secret keys. They stay locked but for the moment of use. Shows none of them. */
public final class OpenPgpHolder implements KeyHolder {
    private final Map<String, PGPSecretKey> byRecipient = new HashMap<>();
    private final char[] passphrase;

    private OpenPgpHolder(char[] passphrase) {
        this.passphrase = passphrase;
    }

    /**
     * The holder of secret keys, as {@code gpg --export-secret-keys --armor} writes them. Keys that have expired or were
     * revoked still open what was encrypted for them before.
     *
     * @param keys one or more keys, armored or not
     * @param passphrase that they are locked with, copied; empty if they are not
     * @throws RepositoryException.Unusable if these are no secret keys
     */
    public static OpenPgpHolder parse(byte[] keys, char[] passphrase) throws RepositoryException {
        OpenPgpHolder holder = new OpenPgpHolder(passphrase.clone());
        try {
            PGPSecretKeyRingCollection rings = new PGPSecretKeyRingCollection(
                    PGPUtil.getDecoderStream(new ByteArrayInputStream(keys)), new JcaKeyFingerprintCalculator());
            for (PGPSecretKeyRing ring : rings) {
                for (PGPSecretKey key : ring) {
                    if (!key.isPrivateKeyEmpty()) {
                        holder.byRecipient.put(
                                WrappedKey.openPgp(OpenPgpRecipient.fingerprint(key.getPublicKey())), key);
                    }
                }
            }
        } catch (PGPException | IOException e) {
            throw notKeys("it cannot be read: " + e.getMessage(), e);
        }
        if (holder.byRecipient.isEmpty()) {
            throw notKeys("there is none in it", null);
        }
        return holder;
    }

    private static RepositoryException notKeys(String why, @Nullable Exception cause) {
        String what = "What is given as an OpenPGP secret key is not one: " + why + ".";
        String hint = "give what gpg --export-secret-keys --armor prints.";
        return cause == null
                ? new RepositoryException.Unusable(what, hint)
                : new RepositoryException.Unusable(what, hint, cause);
    }

    @Override
    public boolean mayOpen(String recipientId) {
        return byRecipient.containsKey(recipientId);
    }

    @Override
    public Optional<byte[]> unwrap(String recipientId, byte[] wrapped, KeyContext context) throws RepositoryException {
        PGPSecretKey key = byRecipient.get(recipientId);
        if (key == null) {
            return Optional.empty();
        }
        PGPPrivateKey unlocked = unlock(key);
        try {
            return OpenPgpMessage.decrypt(wrapped, data -> open(key, unlocked, data));
        } catch (PGPException | IOException | PGPRuntimeOperationException e) {
            throw new RepositoryException.Damaged(
                    "A key that was wrapped for the OpenPGP key " + name(key) + " does not open: " + e.getMessage()
                            + ".",
                    "use the key of another recipient.",
                    e);
        }
    }

    private static Optional<InputStream> open(PGPSecretKey key, PGPPrivateKey unlocked, PGPEncryptedData data)
            throws PGPException {
        boolean isForIt = data instanceof PGPPublicKeyEncryptedData encrypted
                && encrypted.getKeyIdentifier().matchesExplicit(key.getKeyIdentifier());
        return isForIt
                ? Optional.of(((PGPPublicKeyEncryptedData) data)
                        .getDataStream(new JcePublicKeyDataDecryptorFactoryBuilder()
                                .setProvider(OpenPgpMessage.PROVIDER)
                                .build(unlocked)))
                : Optional.empty();
    }

    private PGPPrivateKey unlock(PGPSecretKey key) throws RepositoryException {
        try {
            return key.extractPrivateKey(
                    new JcePBESecretKeyDecryptorBuilder(new JcaPGPDigestCalculatorProviderBuilder().build())
                            .setProvider(OpenPgpMessage.PROVIDER)
                            .build(passphrase.clone()));
        } catch (PGPException | PGPRuntimeOperationException e) {
            throw new RepositoryException.Denied(
                    "The OpenPGP secret key " + name(key) + " cannot be unlocked: " + e.getMessage() + ".",
                    "give the passphrase that it is locked with.",
                    e);
        }
    }

    private static String name(PGPSecretKey key) {
        return OpenPgpRecipient.fingerprint(key.getPublicKey()).toUpperCase(java.util.Locale.ROOT);
    }

    @Override
    public String toString() {
        return "OpenPgpHolder" + byRecipient.keySet();
    }
}
