package io.holdfast.events.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.wire.WireEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration VALIDITY = Duration.ofMinutes(10);

    private KeyPair keys;
    private WireEvent signed;

    @BeforeEach
    void sign() throws GeneralSecurityException {
        keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        signed = new EventSigner(keys.getPrivate(), at(NOON)).sign(event("orders"), VALIDITY);
    }

    @Test
    void what_was_signed_is_valid_until_it_expires() {
        assertThat(checkedAt(NOON, signed)).isInstanceOf(SignatureCheck.Verdict.Valid.class);
        assertThat(checkedAt(NOON.plus(VALIDITY).minusNanos(1), signed))
                .isInstanceOf(SignatureCheck.Verdict.Valid.class);
        assertThat(checkedAt(NOON.plus(VALIDITY), signed))
                .isEqualTo(new SignatureCheck.Verdict.Expired("expired at 2026-11-20T12:10:00Z"));
    }

    @Test
    void a_definition_never_expires() {
        WireEvent definition = new EventSigner(keys.getPrivate(), at(NOON)).sign(event("orders"), null);

        assertThat(checkedAt(NOON.plus(Duration.ofDays(36_500)), definition))
                .isInstanceOf(SignatureCheck.Verdict.Valid.class);
    }

    @Test
    void any_other_topic_or_key_is_refused() {
        refused(new WireEvent("holdfast.events", signed.key(), signed.headers(), signed.data()));
        refused(new WireEvent(signed.topic(), "payments", signed.headers(), signed.data()));
        refused(new WireEvent(signed.topic(), null, signed.headers(), signed.data()));
    }

    @Test
    void no_key_and_an_empty_key_are_not_the_same() {
        WireEvent withoutKey = new EventSigner(keys.getPrivate(), at(NOON)).sign(event(null), VALIDITY);

        assertThat(checkedAt(NOON, withoutKey)).isInstanceOf(SignatureCheck.Verdict.Valid.class);
        refused(new WireEvent(withoutKey.topic(), "", withoutKey.headers(), withoutKey.data()));
    }

    @Test
    void any_changed_added_or_removed_header_is_refused() {
        for (String name : signed.headers().keySet()) {
            Map<String, String> changed = new HashMap<>(signed.headers());
            changed.compute(name, (header, value) -> value + "0");
            refused(withHeaders(changed));
            changed.remove(name);
            refused(withHeaders(changed));
        }
        for (String name : new String[] {WireEvent.CAUSATION_ID, WireEvent.TRACE_PARENT, "ce_other"}) {
            Map<String, String> added = new HashMap<>(signed.headers());
            added.put(name, "");
            refused(withHeaders(added));
        }
    }

    @Test
    void a_header_of_a_tracing_agent_does_no_harm() {
        Map<String, String> traced = new HashMap<>(signed.headers());
        traced.put("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        assertThat(checkedAt(NOON, withHeaders(traced))).isInstanceOf(SignatureCheck.Verdict.Valid.class);
    }

    @Test
    void any_flipped_bit_of_the_data_is_refused() {
        for (int bit = 0; bit < signed.data().length * Byte.SIZE; bit++) {
            byte[] data = signed.data().clone();
            data[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            refused(new WireEvent(signed.topic(), signed.key(), signed.headers(), data));
        }
    }

    @Test
    void a_longer_validity_cannot_be_written_in() {
        Map<String, String> forEver = new HashMap<>(signed.headers());
        forEver.put(SignedContent.EXPIRY, SignedContent.NEVER);

        refused(withHeaders(forEver));
    }

    @Test
    void another_key_is_refused() throws GeneralSecurityException {
        KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

        assertThat(new SignatureCheck(other.getPublic(), at(NOON)).check(signed))
                .isInstanceOf(SignatureCheck.Verdict.Refused.class);
    }

    @Test
    void garbage_is_refused_and_never_thrown_at_the_reader() {
        for (String garbage : new String[] {"", "!", "AAAA", "x".repeat(88), "A".repeat(10_000), "\u0000"}) {
            Map<String, String> headers = new HashMap<>(signed.headers());
            headers.put(SignedContent.SIGNATURE, garbage);
            refused(withHeaders(headers));
            headers.put(SignedContent.EXPIRY, garbage);
            refused(withHeaders(headers));
        }
        refused(event("orders"));
    }

    @Test
    void key_files_are_private_and_read_back(@TempDir Path folder) throws IOException {
        Path privateKey = folder.resolve("key.pem");
        Path publicKey = folder.resolve("key.pub.pem");

        KeyFiles.create(privateKey, publicKey);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(privateKey)))
                .isEqualTo("rw-------");
        WireEvent again = new EventSigner(KeyFiles.readPrivate(privateKey), at(NOON)).sign(event("orders"), VALIDITY);
        assertThat(new SignatureCheck(KeyFiles.readPublic(publicKey), at(NOON)).check(again))
                .isInstanceOf(SignatureCheck.Verdict.Valid.class);
        assertThatThrownBy(() -> KeyFiles.create(privateKey, publicKey)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> KeyFiles.readPublic(privateKey)).hasMessageContaining("HINT:");
    }

    private void refused(WireEvent event) {
        assertThat(checkedAt(NOON, event)).as("%s", event).isInstanceOf(SignatureCheck.Verdict.Refused.class);
    }

    private SignatureCheck.Verdict checkedAt(Instant time, WireEvent event) {
        return new SignatureCheck(keys.getPublic(), at(time)).check(event);
    }

    private WireEvent withHeaders(Map<String, String> headers) {
        return new WireEvent(signed.topic(), signed.key(), headers, signed.data());
    }

    private static Clock at(Instant time) {
        return Clock.fixed(time, ZoneOffset.UTC);
    }

    private static WireEvent event(@Nullable String key) {
        return new WireEvent(
                "holdfast.restore-requests",
                key,
                Map.of(
                        WireEvent.SPEC_VERSION, "1.0",
                        WireEvent.TYPE, "io.holdfast.restore.requested.v1",
                        WireEvent.ID, "42",
                        WireEvent.SOURCE, "/scheduler-service/1",
                        WireEvent.SUBJECT, "orders",
                        WireEvent.TIME, "2026-11-20T12:00:00Z",
                        WireEvent.CORRELATION_ID, "42",
                        WireEvent.CONTENT_TYPE, "application/json"),
                "{\"target\":\"orders\"}".getBytes(StandardCharsets.UTF_8));
    }
}
