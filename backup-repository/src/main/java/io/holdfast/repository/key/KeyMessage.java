package io.holdfast.repository.key;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.seal.SealingKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What is inside a wrapped key: one line of JSON, so that a person who opened it knows what to do with it. */
final class KeyMessage {
    private static final String FORMAT = "holdfast-key";
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private KeyMessage() {}

    static byte[] encode(SealingKey key) {
        return "{\"format\":\"%s\",\"version\":%d,\"id\":\"%s\",\"key\":\"%s\"}\n"
                .formatted(FORMAT, VERSION, key.id(), HexFormat.of().formatHex(key.secret()))
                .getBytes(StandardCharsets.US_ASCII);
    }

    static SealingKey decode(byte[] message) throws MalformedException {
        try {
            JsonNode read = JSON.readTree(message);
            if (!FORMAT.equals(read.path("format").asText())
                    || read.path("version").asInt() != VERSION) {
                throw new MalformedException("it does not hold a key of version " + VERSION);
            }
            return new SealingKey(HexFormat.of().parseHex(read.path("key").asText()));
        } catch (IOException | IllegalArgumentException e) {
            // The cause is left out: it would quote what was read, which may be a key.
            throw new MalformedException("it does not hold a key");
        }
    }
}
