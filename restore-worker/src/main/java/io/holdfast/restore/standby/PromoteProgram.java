package io.holdfast.restore.standby;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/**
 * What {@code holdfast promote} runs, as a process of its own on the standby's host, as root or the server's user. Takes the
 * order as JSON from standard input, and answers with a line of JSON.
 */
public final class PromoteProgram {
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final int LONGEST_ORDER = 1 << 16;

    private PromoteProgram() {}

    /**
     * What somebody wants.
     *
     * @param directory the standby's data directory, absolute
     * @param role a superuser of it; absent: {@code postgres}
     * @param limitSeconds how long it may take until it accepts writes
     */
    record Order(String directory, @Nullable String role, long limitSeconds) {}

    public static void main(String[] arguments) throws IOException {
        LogManager.getLogManager().reset();
        answer(System.in, new PrintStream(System.out, true, StandardCharsets.UTF_8), Clock.systemUTC());
    }

    /** Says what comes of an order. */
    static void answer(InputStream in, PrintStream out, Clock clock) throws IOException {
        Order order = JSON.readValue(in.readNBytes(LONGEST_ORDER), Order.class);
        out.println(JSON.writeValueAsString(answer(order, clock)));
    }

    private static ObjectNode answer(Order order, Clock clock) {
        try {
            // A server tells its data directory without links.
            Path data = Path.of(order.directory()).toRealPath();
            String role = order.role() == null ? "postgres" : order.role();
            return JSON.valueToTree(new Promotion(data, role, Duration.ofSeconds(order.limitSeconds()), clock).run());
        } catch (RestoreException e) {
            return failed(e.failure());
        } catch (IOException e) {
            return failed(
                    new Failure(
                            FailureCategory.CONFIGURATION,
                            order.directory() + " cannot be entered: " + e + ".",
                            "name the data directory of a standby on this host, and run this as root or as the server's user."));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(new Failure(FailureCategory.TIMEOUT, "the promotion was stopped.", "see the server's log."));
        }
    }

    private static ObjectNode failed(Failure failure) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("category", failure.category().wireName());
        answer.put("message", failure.message());
        answer.put("hint", failure.hint());
        return answer;
    }
}
