package io.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority and certificates it has signed, made anew by the JDK's {@code keytool}; everything as PEM text. */
public final class TestCertificates {
    private static final char[] PASSWORD = "only-for-tests".toCharArray();

    private final Path store;

    private TestCertificates(Path store) {
        this.store = store;
    }

    /** Makes an authority of its own; its key store lies in the folder. */
    public static TestCertificates in(Path folder) {
        TestCertificates certificates = new TestCertificates(folder.resolve("certificates.p12"));
        certificates.keytool("authority", "CN=Authority of the tests", "bc:c");
        return certificates;
    }

    /** Has the authority sign a new key. {@code names} are subject alternative names such as {@code dns:localhost}. */
    public TestCertificates sign(String alias, String commonName, String... names) {
        List<String> more = new ArrayList<>(List.of("-signer", "authority"));
        if (names.length > 0) {
            more.addAll(List.of("-ext", "san=" + String.join(",", names)));
        }
        keytool(alias, "CN=" + commonName, "ku=digitalSignature", more.toArray(String[]::new));
        return this;
    }

    /** The authority's certificate. */
    public String authority() {
        return certificate("authority");
    }

    public String certificate(String alias) {
        try {
            return pem("CERTIFICATE", load().getCertificate(alias).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The private key in PKCS#8. */
    public String key(String alias) {
        try {
            return pem("PRIVATE KEY", load().getKey(alias, PASSWORD).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore load() throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pem(String kind, byte[] content) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }

    private void keytool(String alias, String name, String extension, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30",
                "-ext",
                extension,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(more));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool ran", e);
        }
    }
}
