package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.output.Json;

/** The results of commands, as JSON objects. */
final class Outcomes {
    private Outcomes() {}

    /** What the API says of a backup, with {@code category}, {@code message} and {@code hint} on top where it failed. */
    static ObjectNode of(JsonNode answer) {
        ObjectNode result = Json.MAPPER.createObjectNode();
        if (answer.isObject()) {
            result.setAll((ObjectNode) answer);
        }
        Outcome outcome = Outcome.of(answer);
        if (!outcome.category().isEmpty()) {
            result.put("category", outcome.category());
            result.put("message", outcome.message());
            result.put("hint", outcome.hint());
        }
        return result;
    }

    /** The same, of a restore: {@code ok} first. */
    static ObjectNode ofRestore(JsonNode answer, boolean ended) {
        ObjectNode result = Json.MAPPER.createObjectNode();
        if (ended) {
            Outcome outcome = Outcome.of(answer);
            boolean well =
                    outcome.status().equals("completed") || outcome.status().equals("planned");
            result.put("ok", well && outcome.category().isEmpty());
        }
        result.setAll(of(answer));
        return result;
    }
}
