package io.holdfast.repository.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Manifests as bytes: a JSON document whose first line holds the SHA-256 of its body, all lines between the first and
 * the last. See docs/repository-format.md.
 */
public final class ManifestCodec {
    /** The longest manifest that is read. */
    public static final int LONGEST = 64 << 20;

    private static final String OPENING = "{\"format\":\"holdfast-manifest\",\"version\":1,\"sha256\":\"";
    private static final String BODY = "\",\"body\":\n";
    private static final String CLOSING = "\n}\n";
    private static final int DIGEST_LENGTH = 64;
    private static final int HEAD_LENGTH = OPENING.length() + DIGEST_LENGTH + BODY.length();

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            // Only optional fields are ever added to version 1.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(50).build());
    }

    private ManifestCodec() {}

    /** The bytes to store. */
    public static byte[] encode(ManifestObject manifest) {
        try {
            byte[] body = JSON.writerFor(ManifestObject.class).writeValueAsBytes(manifest);
            String head = OPENING + Sha256.hex(body) + BODY;
            byte[] closing = CLOSING.getBytes(StandardCharsets.US_ASCII);
            byte[] document =
                    Arrays.copyOf(head.getBytes(StandardCharsets.US_ASCII), HEAD_LENGTH + body.length + closing.length);
            System.arraycopy(body, 0, document, HEAD_LENGTH, body.length);
            System.arraycopy(closing, 0, document, HEAD_LENGTH + body.length, closing.length);
            return document;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A manifest could not be written as JSON", e);
        }
    }

    /** Reads what {@link #encode} wrote, every byte of which is checked. */
    public static ManifestObject decode(byte[] document) throws MalformedException {
        int bodyLength = document.length - HEAD_LENGTH - CLOSING.length();
        if (bodyLength < 0) {
            throw new MalformedException("it ends too early, after " + document.length + " bytes");
        }
        String head = new String(document, 0, HEAD_LENGTH, StandardCharsets.ISO_8859_1);
        String closing = new String(document, HEAD_LENGTH + bodyLength, CLOSING.length(), StandardCharsets.ISO_8859_1);
        if (!head.startsWith(OPENING) || !head.endsWith(BODY) || !closing.equals(CLOSING)) {
            throw new MalformedException("its first or last line is not that of a manifest of version 1");
        }
        byte[] body = Arrays.copyOfRange(document, HEAD_LENGTH, HEAD_LENGTH + bodyLength);
        if (!Sha256.hex(body).equals(head.substring(OPENING.length(), OPENING.length() + DIGEST_LENGTH))) {
            throw new MalformedException("the SHA-256 of its body is another one");
        }
        try {
            return JSON.readValue(body, ManifestObject.class);
        } catch (IOException e) {
            throw new MalformedException("its body is not that of a manifest: " + firstLine(e), e);
        }
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
