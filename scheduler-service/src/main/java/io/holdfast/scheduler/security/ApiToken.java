package io.holdfast.scheduler.security;

import io.holdfast.scheduler.SchedulerConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The token that lets callers in. Only its digest is kept, and compared in constant time. A file that is not there yet
 * is looked for again at each use. Thread safe.
 */
@Singleton
public class ApiToken {

    private static final int LEAST_LENGTH = 16;

    private final @Nullable Path file;
    private volatile byte @Nullable [] digest;

    ApiToken(SchedulerConfig config) {
        this.file = config.tokenFile().orElse(null);
    }

    /** Whether this is the token; never true as long as there is none. */
    public boolean matches(String presented) {
        load();
        byte[] known = digest;
        return known != null && MessageDigest.isEqual(known, digestOf(presented));
    }

    /** What is wrong with the token's file, with a hint; empty when all is well. */
    public Optional<String> problem() {
        return Optional.ofNullable(load());
    }

    private @Nullable String load() {
        if (digest != null) {
            return null;
        }
        if (file == null) {
            return "there is no API token, so nobody is let in. HINT: let HOLDFAST_TOKEN_FILE name a file with it.";
        }
        try {
            String token = Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("")
                    .strip();
            if (token.length() < LEAST_LENGTH) {
                return "the API token in " + file + " is shorter than " + LEAST_LENGTH
                        + " characters. HINT: `openssl rand -hex 32` makes one.";
            }
            digest = digestOf(token);
            return null;
        } catch (IOException e) {
            return "the API token cannot be read (" + e.getClass().getSimpleName() + " at " + file
                    + "). HINT: HOLDFAST_TOKEN_FILE has to name a readable file.";
        }
    }

    private static byte[] digestOf(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
