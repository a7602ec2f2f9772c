package io.holdfast.backup.replication;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the protocol's value types from a message body and refuses what runs over its end. */
final class Fields {
    private Fields() {}

    /** A string that ends with a zero byte. */
    static String text(ByteBuffer body) throws ReplicationException {
        int end = body.position();
        while (end < body.limit() && body.get(end) != 0) {
            end++;
        }
        if (end == body.limit()) {
            throw ReplicationException.protocol("a string without its end");
        }
        byte[] bytes = new byte[end - body.position()];
        body.get(bytes);
        body.get();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static byte byteValue(ByteBuffer body) throws ReplicationException {
        need(body, 1);
        return body.get();
    }

    static int shortValue(ByteBuffer body) throws ReplicationException {
        need(body, 2);
        return body.getShort();
    }

    static int intValue(ByteBuffer body) throws ReplicationException {
        need(body, 4);
        return body.getInt();
    }

    static long longValue(ByteBuffer body) throws ReplicationException {
        need(body, 8);
        return body.getLong();
    }

    static byte[] rest(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return bytes;
    }

    /** A column's value: its length, or -1 for null, and the bytes. */
    static byte @Nullable [] column(ByteBuffer body) throws ReplicationException {
        int length = intValue(body);
        if (length == -1) {
            return null;
        }
        need(body, length);
        byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }

    private static void need(ByteBuffer body, int bytes) throws ReplicationException {
        if (bytes < 0 || body.remaining() < bytes) {
            throw ReplicationException.protocol(
                    "a message with " + body.remaining() + " bytes left where " + bytes + " are needed");
        }
    }
}
