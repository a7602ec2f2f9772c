package io.holdfast.backup.replication;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an ErrorResponse or NoticeResponse says.
 *
 * @param severity not localised, such as {@code ERROR} or {@code WARNING}
 * @param sqlState five characters
 * @see <a href="https://www.postgresql.org/docs/current/protocol-error-fields.html">Error and notice fields</a>
 */
public record ServerError(
        String severity,
        String sqlState,
        String message,
        @Nullable String detail,
        @Nullable String hint) {

    /** Reads the fields of a message body. Unknown fields are passed over, as the protocol asks. */
    static ServerError parse(ByteBuffer body) throws ReplicationException {
        Map<Byte, String> fields = new HashMap<>();
        while (true) {
            if (!body.hasRemaining()) {
                throw ReplicationException.protocol("an error report without its end");
            }
            byte field = body.get();
            if (field == 0) {
                break;
            }
            fields.put(field, Fields.text(body));
        }
        String localised = fields.getOrDefault((byte) 'S', "ERROR");
        return new ServerError(
                fields.getOrDefault((byte) 'V', localised),
                fields.getOrDefault((byte) 'C', "XX000"),
                fields.getOrDefault((byte) 'M', "(no message)"),
                fields.get((byte) 'D'),
                fields.get((byte) 'H'));
    }

    /** Whether the server closes the connection after it. */
    boolean endsConnection() {
        return severity.equals("FATAL") || severity.equals("PANIC");
    }
}
