package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPBEEncryptedData;
import org.bouncycastle.openpgp.PGPRuntimeOperationException;
import org.bouncycastle.openpgp.operator.PGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPDigestCalculatorProviderBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcePBEDataDecryptorFactoryBuilder;
import org.bouncycastle.openpgp.operator.jcajce.JcePBEKeyEncryptionMethodGenerator;

/**
 * A passphrase. Keys are wrapped as {@code gpg --symmetric} does it. Whoever writes with it can read with it too, and
 * whoever gets hold of the repository can try passphrases, at about a tenth of a second each: take one from a generator.
 * Never shows it.
 */
public final class Passphrase implements KeyRecipient, KeyHolder {
    /** SHA-512 over 62 MiB of salt and passphrase: the most that OpenPGP's iterated S2K can say (RFC 4880, 3.7.1.3). */
    private static final int MOST_ITERATIONS = 0xFF;

    private final char[] passphrase;

    /**
     * A passphrase; copied.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public Passphrase(char[] passphrase) {
        if (passphrase.length == 0) {
            throw new IllegalArgumentException("The passphrase is empty. HINT: take a long one from a generator.");
        }
        this.passphrase = passphrase.clone();
    }

    @Override
    public String id() {
        return WrappedKey.PASSPHRASE;
    }

    @Override
    public String describe() {
        return "a passphrase";
    }

    @Override
    public byte[] wrap(byte[] message, KeyContext context) throws RepositoryException {
        try {
            return OpenPgpMessage.encrypt(
                    message,
                    new JcePBEKeyEncryptionMethodGenerator(
                                    passphrase.clone(), digests().get(HashAlgorithmTags.SHA512), MOST_ITERATIONS)
                            .setProvider(OpenPgpMessage.PROVIDER));
        } catch (PGPException | IOException e) {
            throw new RepositoryException.Unusable(
                    "A key could not be wrapped with the passphrase: " + e.getMessage() + ".",
                    "use another passphrase.",
                    e);
        }
    }

    @Override
    public boolean mayOpen(String recipientId) {
        return recipientId.equals(WrappedKey.PASSPHRASE);
    }

    @Override
    public Optional<byte[]> unwrap(String recipientId, byte[] wrapped, KeyContext context) {
        try {
            return OpenPgpMessage.decrypt(
                    wrapped,
                    data -> data instanceof PGPPBEEncryptedData symmetric
                            ? Optional.of(open(symmetric))
                            : Optional.empty());
        } catch (PGPException | IOException | PGPRuntimeOperationException e) {
            // That the message is whole was checked, so it is another passphrase.
            return Optional.empty();
        }
    }

    private InputStream open(PGPPBEEncryptedData data) throws PGPException {
        return data.getDataStream(new JcePBEDataDecryptorFactoryBuilder(digests())
                .setProvider(OpenPgpMessage.PROVIDER)
                .build(passphrase.clone()));
    }

    private static PGPDigestCalculatorProvider digests() throws PGPException {
        return new JcaPGPDigestCalculatorProviderBuilder().build();
    }

    @Override
    public String toString() {
        return "Passphrase[****]";
    }
}
