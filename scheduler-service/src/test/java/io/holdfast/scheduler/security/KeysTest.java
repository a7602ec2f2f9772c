package io.holdfast.scheduler.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.signing.KeyFiles;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.scheduler.SchedulerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {

    private static final WireEvent EVENT = new WireEvent("topic", "key", Map.of(), new byte[0]);

    @TempDir
    Path folder = Path.of("unset");

    @Test
    void without_a_signing_key_nothing_is_signed_and_a_hint_says_why() {
        for (Path file : new @Nullable Path[] {null, folder.resolve("missing.pem")}) {
            SigningKey key = signingKey(file);

            assertThat(key.problem())
                    .hasValueSatisfying(
                            problem -> assertThat(problem).contains("HINT: ", "HOLDFAST_CONTROL_PLANE_PRIVATE_KEY"));
            assertThatThrownBy(() -> key.sign(EVENT, null)).isInstanceOf(MissingSigningKeyException.class);
        }
    }

    @Test
    void a_signing_key_that_comes_later_is_found() throws Exception {
        SigningKey key = signingKey(folder.resolve("private.pem"));
        assertThat(key.problem()).isPresent();

        KeyFiles.create(folder.resolve("private.pem"), folder.resolve("public.pem"));

        assertThat(key.problem()).isEmpty();
        assertThat(key.sign(EVENT, null).headers()).containsKey("ce_signature");
    }

    @Test
    void only_the_token_of_the_file_lets_in() throws IOException {
        Path file = folder.resolve("token");
        ApiToken token = token(file);
        assertThat(token.matches("")).isFalse();
        assertThat(token.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("HOLDFAST_TOKEN_FILE"));

        Files.writeString(file, "0123456789abcdef\nsecond line\n");

        assertThat(token.problem()).isEmpty();
        assertThat(token.matches("0123456789abcdef")).isTrue();
        assertThat(token.matches("0123456789abcdeF")).isFalse();
        assertThat(token.matches("0123456789abcde")).isFalse();
        assertThat(token.matches("second line")).isFalse();
    }

    @Test
    void an_empty_or_short_token_lets_nobody_in() throws IOException {
        Path file = folder.resolve("token");
        Files.writeString(file, "\n");

        assertThat(token(file).matches("")).isFalse();
        Files.writeString(file, "short");
        assertThat(token(file).matches("short")).isFalse();
        assertThat(token(file).problem())
                .hasValueSatisfying(problem ->
                        assertThat(problem).contains("shorter than 16").doesNotContain("\"short\""));
    }

    private static SigningKey signingKey(@Nullable Path file) {
        return new SigningKey(config(file, null), Clock.systemUTC());
    }

    private static ApiToken token(Path file) {
        return new ApiToken(config(null, file));
    }

    private static SchedulerConfig config(@Nullable Path key, @Nullable Path token) {
        return new SchedulerConfig(
                Optional.empty(),
                Optional.ofNullable(key),
                Optional.ofNullable(token),
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                100,
                Duration.ofDays(30));
    }
}
