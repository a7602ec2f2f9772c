package io.holdfast.repository.key;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** GnuPG with a home of its own. */
public final class Gpg {
    private final Path home;

    /** A new, empty home; skips the test if there is no {@code gpg}. */
    public Gpg() throws IOException {
        // The path of an agent's socket must be short, which JUnit's folders are not.
        home = Files.createTempDirectory(
                "hf-gpg", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Assumptions.assumeTrue(
                isThere(), "gpg is not installed (Debian: apt-get install gnupg), so nothing is tried with it");
    }

    private static boolean isThere() {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, "gpg"))) {
                return true;
            }
        }
        return false;
    }

    /** For programs that run {@code gpg} themselves: the value of {@code GNUPGHOME}. */
    public String home() {
        return home.toString();
    }

    /** Makes a key and gives its fingerprint. */
    public String makeKey(String userId, String algorithm, String usage, String expiry, String passphrase)
            throws Exception {
        run(new byte[0], passphrase, "--quick-generate-key", userId, algorithm, usage, expiry);
        for (String line : text(run(new byte[0], "", "--with-colons", "--list-keys", userId))
                .split("\n", -1)) {
            if (line.startsWith("fpr:")) {
                return line.split(":", -1)[9];
            }
        }
        throw new AssertionError("gpg made no key");
    }

    /** What {@code gpg --export --armor} prints. */
    public byte[] publicKey(String fingerprint) throws Exception {
        return run(new byte[0], "", "--export", "--armor", fingerprint);
    }

    /** What {@code gpg --export-secret-keys --armor} prints. */
    public byte[] secretKey(String fingerprint, String passphrase) throws Exception {
        return run(new byte[0], passphrase, "--export-secret-keys", "--armor", fingerprint);
    }

    /** What {@code gpg --decrypt} prints. */
    public byte[] decrypt(byte[] message, String passphrase) throws Exception {
        return run(message, passphrase, "--decrypt");
    }

    /** Runs gpg and gives what it prints. */
    public byte[] run(byte[] in, String passphrase, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "gpg",
                "--homedir",
                home.toString(),
                "--batch",
                "--yes",
                "--quiet",
                "--no-auto-key-locate",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                passphrase));
        command.addAll(List.of(arguments));
        Process gpg = new ProcessBuilder(command).start();
        Thread feeding = Thread.ofVirtual().start(() -> {
            try (OutputStream out = gpg.getOutputStream()) {
                out.write(in);
            } catch (IOException e) {
                // It ended before it read all; what it prints says why.
            }
        });
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        Thread complaining = Thread.ofVirtual().start(() -> {
            try (InputStream said = gpg.getErrorStream()) {
                said.transferTo(errors);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        byte[] printed = gpg.getInputStream().readAllBytes();
        feeding.join();
        complaining.join();
        if (gpg.waitFor() != 0) {
            throw new IOException("gpg " + List.of(arguments) + " failed: " + text(errors.toByteArray()));
        }
        return printed;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Ends its agent and removes the home. */
    public void remove() throws Exception {
        new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "all")
                .start()
                .waitFor();
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
