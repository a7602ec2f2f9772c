package io.holdfast.events.signing;

import io.holdfast.events.wire.WireEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes that a signature covers: topic, key, type, id, subject, correlation, expiry and data, each with its length before
 * it, so that no two different events have the same.
 */
final class SignedContent {

    static final String SIGNATURE = "ce_signature";
    static final String EXPIRY = "ce_signatureexpiry";
    static final String NEVER = "never";

    private static final List<String> COVERED_HEADERS = List.of(
            WireEvent.TYPE,
            WireEvent.ID,
            WireEvent.SOURCE,
            WireEvent.SUBJECT,
            WireEvent.TIME,
            WireEvent.CORRELATION_ID,
            EXPIRY);

    private SignedContent() {}

    static byte[] of(WireEvent event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(event.data().length + 512);
        append(out, "holdfast-signature-v1");
        append(out, event.topic());
        append(out, event.key() == null ? "" : event.key());
        for (String header : COVERED_HEADERS) {
            append(out, event.headers().getOrDefault(header, ""));
        }
        append(out, event.data());
        return out.toByteArray();
    }

    private static void append(ByteArrayOutputStream out, String text) {
        append(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void append(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }
}
