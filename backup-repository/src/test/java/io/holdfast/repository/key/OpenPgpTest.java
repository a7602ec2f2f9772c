package io.holdfast.repository.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.seal.KeyId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we wrap opens with gpg, and keys that gpg made open what we wrap. */
class OpenPgpTest {
    private static final KeyContext CONTEXT = new KeyContext("repository", "orders", "1", new KeyId("1".repeat(32)));
    private static final byte[] MESSAGE = "{\"key\":\"00\"}\n".getBytes(StandardCharsets.US_ASCII);
    private static final String ALICE = "Alice Example <alice@example.org>";

    private final Gpg gpg;

    OpenPgpTest() throws Exception {
        gpg = new Gpg();
    }

    @AfterEach
    void removeHome() throws Exception {
        gpg.remove();
    }

    private static OpenPgpRecipient only(byte[] key) throws RepositoryException {
        List<OpenPgpRecipient> recipients = OpenPgpRecipient.parse(key, InstantSource.system());
        assertThat(recipients).hasSize(1);
        return recipients.getFirst();
    }

    /** A signing key with a subkey for encryption, as gpg makes it unless told otherwise. */
    private String alice(String algorithm, String subkey, String passphrase) throws Exception {
        String fingerprint = gpg.makeKey(ALICE, algorithm, "sign,cert", "never", passphrase);
        gpg.run(new byte[0], passphrase, "--quick-add-key", fingerprint, subkey, "encr", "never");
        return fingerprint;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519 cv25519", "rsa2048 rsa2048", "nistp256 nistp256"})
    void gpg_opens_what_is_wrapped_for_its_key_and_so_do_we(String algorithms) throws Exception {
        String[] kinds = algorithms.split(" ", -1);
        String fingerprint = alice(kinds[0], kinds[1], "locked");
        OpenPgpRecipient recipient = only(gpg.publicKey(fingerprint));
        OpenPgpHolder holder = OpenPgpHolder.parse(gpg.secretKey(fingerprint, "locked"), "locked".toCharArray());

        byte[] wrapped = recipient.wrap(MESSAGE, CONTEXT);

        assertThat(gpg.decrypt(wrapped, "locked")).isEqualTo(MESSAGE);
        assertThat(holder.mayOpen(recipient.id())).isTrue();
        assertThat(holder.unwrap(recipient.id(), wrapped, CONTEXT))
                .hasValueSatisfying(message -> assertThat(message).isEqualTo(MESSAGE));
        assertThat(recipient.describe()).contains(fingerprint, ALICE);
        assertThat(recipient.wrap(MESSAGE, CONTEXT)).isNotEqualTo(wrapped);
    }

    @Test
    void a_passphrase_opens_with_gpg_and_what_gpg_wraps_with_it_opens_here() throws Exception {
        Passphrase passphrase = new Passphrase("größer als 漢字".toCharArray());

        byte[] wrapped = passphrase.wrap(MESSAGE, CONTEXT);
        byte[] byGpg = gpg.run(MESSAGE, "größer als 漢字", "--symmetric", "--armor", "--s2k-count", "65536");

        assertThat(gpg.decrypt(wrapped, "größer als 漢字")).isEqualTo(MESSAGE);
        assertThat(passphrase.unwrap("passphrase", wrapped, CONTEXT)).isPresent();
        assertThat(passphrase.unwrap("passphrase", byGpg, CONTEXT))
                .hasValueSatisfying(message -> assertThat(message).isEqualTo(MESSAGE));
        assertThat(new Passphrase("another".toCharArray()).unwrap("passphrase", wrapped, CONTEXT))
                .isEmpty();
        assertThat(passphrase.toString()).doesNotContain("größer");
    }

    @Test
    void the_strongest_iterated_s2k_is_asked_for() throws Exception {
        byte[] wrapped = new Passphrase("long enough".toCharArray()).wrap(MESSAGE, CONTEXT);

        String packets = new String(gpg.run(wrapped, "long enough", "--list-packets"), StandardCharsets.UTF_8);

        // AES-256, iterated and salted, SHA-512, the highest count.
        assertThat(packets).contains("cipher 9", "s2k 3", "hash 10", "count 65011712", "mdc_method: 2");
    }

    @Test
    void a_key_that_cannot_encrypt_is_refused() throws Exception {
        byte[] signsOnly = gpg.publicKey(gpg.makeKey(ALICE, "ed25519", "sign,cert", "never", ""));

        assertThatThrownBy(() -> only(signsOnly))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining(ALICE)
                .hasMessageContaining("has no part for encryption")
                .hasMessageContaining("HINT:");
    }

    @Test
    void a_subkey_for_signing_is_not_encrypted_to_though_its_algorithm_could() throws Exception {
        String fingerprint = alice("rsa2048", "rsa2048", "");
        String before = only(gpg.publicKey(fingerprint)).id();
        gpg.run(new byte[0], "", "--quick-add-key", fingerprint, "rsa2048", "sign", "never");

        assertThat(only(gpg.publicKey(fingerprint)).id()).isEqualTo(before);
    }

    @Test
    void an_expired_key_is_refused_before_and_after_it_was_read() throws Exception {
        String fingerprint = gpg.makeKey(ALICE, "ed25519", "sign,cert", "2d", "");
        gpg.run(new byte[0], "", "--quick-add-key", fingerprint, "cv25519", "encr", "1d");
        byte[] key = gpg.publicKey(fingerprint);
        Instant now = Instant.now();
        Instant[] clock = {now};
        OpenPgpRecipient recipient = OpenPgpRecipient.parse(key, () -> clock[0]).getFirst();
        assertThat(gpg.decrypt(recipient.wrap(MESSAGE, CONTEXT), "")).isEqualTo(MESSAGE);

        clock[0] = now.plus(Duration.ofHours(25));

        assertThatThrownBy(() -> recipient.wrap(MESSAGE, CONTEXT))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("expired")
                .hasMessageContaining(ALICE);
        assertThatThrownBy(() -> OpenPgpRecipient.parse(key, () -> clock[0]))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("not expired");
        assertThatThrownBy(() -> OpenPgpRecipient.parse(key, () -> now.plus(Duration.ofHours(49))))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("expired on");
    }

    @Test
    void a_revoked_key_and_a_revoked_subkey_are_refused() throws Exception {
        String fingerprint = alice("ed25519", "cv25519", "");
        byte[] subkeyRevoked = revokedSubkey(fingerprint);
        assertThatThrownBy(() -> only(subkeyRevoked))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("has no part for encryption");

        byte[] revocation = gpg.run(
                "y\n0\n\ny\n".getBytes(StandardCharsets.US_ASCII),
                "",
                "--no-batch",
                "--no-tty",
                "--command-fd",
                "0",
                "--output",
                "-",
                "--gen-revoke",
                fingerprint);
        gpg.run(revocation, "", "--import");
        byte[] revoked = gpg.publicKey(fingerprint);
        assertThatThrownBy(() -> only(revoked))
                .isInstanceOf(RepositoryException.Unusable.class)
                .hasMessageContaining("was revoked");
    }

    private byte[] revokedSubkey(String fingerprint) throws Exception {
        gpg.run(
                "key 1\nrevkey\ny\n0\n\ny\nsave\n".getBytes(StandardCharsets.US_ASCII),
                "",
                "--no-batch",
                "--no-tty",
                "--command-fd",
                "0",
                "--edit-key",
                fingerprint);
        return gpg.publicKey(fingerprint);
    }

    @Test
    void several_keys_in_one_file_are_several_recipients() throws Exception {
        String alice = alice("ed25519", "cv25519", "");
        String bob = gpg.makeKey("Bob <bob@example.org>", "ed25519", "sign,cert", "never", "");
        gpg.run(new byte[0], "", "--quick-add-key", bob, "cv25519", "encr", "never");
        byte[] both = gpg.run(new byte[0], "", "--export", "--armor", alice, bob);

        assertThat(OpenPgpRecipient.parse(both, InstantSource.system()))
                .extracting(OpenPgpRecipient::describe)
                .satisfiesExactlyInAnyOrder(
                        one -> assertThat(one).contains(alice),
                        one -> assertThat(one).contains(bob));
    }

    @Test
    void a_wrong_passphrase_of_a_secret_key_is_said_without_showing_it() throws Exception {
        String fingerprint = alice("ed25519", "cv25519", "locked");
        OpenPgpRecipient recipient = only(gpg.publicKey(fingerprint));
        OpenPgpHolder holder = OpenPgpHolder.parse(gpg.secretKey(fingerprint, "locked"), "mistyped".toCharArray());

        assertThatThrownBy(() -> holder.unwrap(recipient.id(), recipient.wrap(MESSAGE, CONTEXT), CONTEXT))
                .isInstanceOf(RepositoryException.Denied.class)
                .hasMessageContaining("cannot be unlocked")
                .hasMessageNotContaining("mistyped");
    }

    @Test
    void what_is_no_key_is_refused() {
        for (String text : List.of("", "garbage", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n=aaaa\n")) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            assertThatThrownBy(() -> OpenPgpRecipient.parse(bytes, InstantSource.system()))
                    .as(text)
                    .isInstanceOf(RepositoryException.Unusable.class)
                    .hasMessageContaining("HINT:");
            assertThatThrownBy(() -> OpenPgpHolder.parse(bytes, new char[0]))
                    .as(text)
                    .isInstanceOf(RepositoryException.Unusable.class);
        }
    }
}
