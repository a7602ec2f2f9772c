package io.holdfast.repository.key;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.Provider;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openpgp.PGPCompressedData;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.jcajce.JcaPGPObjectFactory;
import org.bouncycastle.openpgp.operator.PGPKeyEncryptionMethodGenerator;
import org.bouncycastle.openpgp.operator.jcajce.JcePGPDataEncryptorBuilder;

/**
 * Small encrypted OpenPGP messages (RFC 4880, RFC 9580), in ASCII armor: AES-256 with a modification detection code, which
 * every {@code gpg} since 2.0 opens.
 */
final class OpenPgpMessage {
    /** Not registered with the platform: nobody else is to get it unasked. */
    static final Provider PROVIDER = new BouncyCastleProvider();

    /** More than the plain bytes of any wrapped key. */
    private static final int LONGEST = 1 << 12;

    private OpenPgpMessage() {}

    /** Encrypts bytes for whoever the method is for. */
    // The library takes no other class for a time; this one says none.
    @SuppressWarnings("JavaUtilDate")
    static byte[] encrypt(byte[] plain, PGPKeyEncryptionMethodGenerator method) throws PGPException, IOException {
        PGPEncryptedDataGenerator generator =
                new PGPEncryptedDataGenerator(new JcePGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                        .setWithIntegrityPacket(true)
                        .setProvider(PROVIDER));
        generator.addMethod(method);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        try (ArmoredOutputStream armor =
                        ArmoredOutputStream.builder().clearHeaders().build(message);
                OutputStream encrypted = generator.open(armor, new byte[LONGEST]);
                OutputStream literal = new PGPLiteralDataGenerator()
                        .open(encrypted, PGPLiteralData.BINARY, "", plain.length, new Date(0))) {
            literal.write(plain);
        }
        return message.toByteArray();
    }

    /** Decrypts one of the packets that a message holds its session key in, or gives nothing if it is for another. */
    @FunctionalInterface
    interface Decryption {
        Optional<InputStream> of(PGPEncryptedData data) throws PGPException;
    }

    /**
     * The bytes of a message.
     *
     * @return empty if none of its packets can be decrypted
     * @throws PGPException if it is no message, or was changed
     */
    static Optional<byte[]> decrypt(byte[] message, Decryption decryption) throws PGPException, IOException {
        JcaPGPObjectFactory objects =
                new JcaPGPObjectFactory(PGPUtil.getDecoderStream(new ByteArrayInputStream(message)));
        if (!(objects.nextObject() instanceof PGPEncryptedDataList packets)) {
            throw new PGPException("it is no encrypted OpenPGP message");
        }
        for (PGPEncryptedData data : packets) {
            Optional<InputStream> plain = decryption.of(data);
            if (plain.isPresent()) {
                byte[] content = literal(plain.get());
                if (!data.isIntegrityProtected() || !data.verify()) {
                    throw new PGPException("the OpenPGP message was changed");
                }
                return Optional.of(content);
            }
        }
        return Optional.empty();
    }

    /** The content, which other programs may have compressed. */
    private static byte[] literal(InputStream in) throws PGPException, IOException {
        Object object = new JcaPGPObjectFactory(in).nextObject();
        if (object instanceof PGPCompressedData compressed) {
            object = new JcaPGPObjectFactory(compressed.getDataStream()).nextObject();
        }
        if (!(object instanceof PGPLiteralData literal)) {
            throw new PGPException("the OpenPGP message holds no data");
        }
        byte[] content = literal.getInputStream().readNBytes(LONGEST);
        // Only behind the very last byte it is known whether the message was changed.
        in.readAllBytes();
        return content;
    }
}
