package io.holdfast.notifier.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.runtime.secrets.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SignatureTest {

    // By: printf '1700000000.{}' | openssl dgst -sha256 -hmac geheim
    @Test
    void a_signature_is_that_of_openssl() {
        assertThat(Signature.of(
                        new Secret("geheim"),
                        Instant.ofEpochSecond(1_700_000_000),
                        "{}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("t=1700000000,v1=75e8aa01e776401a6bfda6664664c1271ca25506052e3b8c43308bdf92f3c8d5");
    }
}
