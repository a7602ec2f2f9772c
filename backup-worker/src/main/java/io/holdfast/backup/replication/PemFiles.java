package io.holdfast.backup.replication;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Certificates and private keys in PEM (RFC 7468). */
final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private PemFiles() {}

    /** All certificates of a file, in their order. */
    static List<X509Certificate> certificates(Path file) throws ReplicationException {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            List<X509Certificate> certificates = BLOCK.matcher(read(file))
                    .results()
                    .filter(block -> block.group(1).equals("CERTIFICATE"))
                    .map(block -> certificate(factory, block.group(2)))
                    .toList();
            if (certificates.isEmpty()) {
                throw unusable(file, "holds no certificate", "It must hold PEM blocks named CERTIFICATE.", null);
            }
            return certificates;
        } catch (CertificateException | IllegalArgumentException e) {
            throw unusable(file, "holds a broken certificate", "Write the file again from its source.", e);
        }
    }

    /** The first private key of a file: PKCS#8, unencrypted, RSA, elliptic curve or Edwards curve. */
    static PrivateKey privateKey(Path file) throws ReplicationException {
        Matcher blocks = BLOCK.matcher(read(file));
        while (blocks.find()) {
            if (blocks.group(1).equals("PRIVATE KEY")) {
                return decode(file, blocks.group(2));
            }
            if (blocks.group(1).endsWith("PRIVATE KEY")) {
                throw unusable(
                        file,
                        "holds a key of the form " + blocks.group(1),
                        "Turn it into unencrypted PKCS#8: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW.",
                        null);
            }
        }
        throw unusable(file, "holds no private key", "It must hold a PEM block named PRIVATE KEY.", null);
    }

    private static PrivateKey decode(Path file, String base64) throws ReplicationException {
        try {
            PKCS8EncodedKeySpec key =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
                Optional<PrivateKey> decoded = decode(algorithm, key);
                if (decoded.isPresent()) {
                    return decoded.get();
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(file, "holds a broken private key", "Write the file again from its source.", e);
        }
        throw unusable(file, "holds a private key of an unknown kind", "Use an RSA, EC or Ed25519 key.", null);
    }

    private static Optional<PrivateKey> decode(String algorithm, PKCS8EncodedKeySpec key)
            throws GeneralSecurityException {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(key));
        } catch (InvalidKeySpecException e) {
            // The form does not tell its algorithm before it is parsed: another one may fit.
            return Optional.empty();
        }
    }

    private static X509Certificate certificate(CertificateFactory factory, String base64) {
        try {
            return (X509Certificate) factory.generateCertificate(
                    new ByteArrayInputStream(Base64.getMimeDecoder().decode(base64)));
        } catch (CertificateException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String read(Path file) throws ReplicationException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw unusable(file, "does not exist", "Check the path in the target's configuration.", e);
        } catch (IOException e) {
            throw unusable(file, "cannot be read", "Check its permissions.", e);
        }
    }

    private static ReplicationException unusable(Path file, String what, String hint, @Nullable Throwable cause) {
        String summary = "The file " + file + " " + what + ".";
        return cause == null
                ? ReplicationException.of(FailureCause.CONFIGURATION, summary, hint)
                : ReplicationException.of(FailureCause.CONFIGURATION, summary, hint, cause);
    }
}
