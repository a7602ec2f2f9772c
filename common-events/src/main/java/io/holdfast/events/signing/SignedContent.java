package io.holdfast.events.signing;

import io.holdfast.events.wire.WireEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/**
 * The bytes that a signature covers: topic, key, every header of the envelope except the signature itself, and the data, each
 * with its length before it, so that no two different events have the same. The headers come sorted by name. Other headers
 * are left out: tracing agents on the way may add theirs.
 */
final class SignedContent {

    static final String SIGNATURE = "ce_signature";
    static final String EXPIRY = "ce_signatureexpiry";
    static final String NEVER = "never";

    private static final String PREFIX = "ce_";

    private SignedContent() {}

    static byte[] of(WireEvent event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(event.data().length + 512);
        append(out, "holdfast-signature-v1");
        append(out, event.topic());
        // No key and an empty key are two things.
        append(out, event.key() == null ? "absent" : "present");
        append(out, event.key() == null ? "" : event.key());
        new TreeMap<>(event.headers()).forEach((name, value) -> {
            if (isCovered(name)) {
                append(out, name);
                append(out, value);
            }
        });
        append(out, "data");
        append(out, event.data());
        return out.toByteArray();
    }

    private static boolean isCovered(String header) {
        return (header.startsWith(PREFIX) && !header.equals(SIGNATURE)) || header.equals(WireEvent.CONTENT_TYPE);
    }

    private static void append(ByteArrayOutputStream out, String text) {
        append(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void append(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }
}
