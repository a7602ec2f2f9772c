package io.holdfast.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.FailureCategory;
import java.util.Arrays;

/**
 * How a backup or a restore ended, as the API tells it.
 *
 * @param status   the API's word
 * @param category of the failure; empty where there is none
 * @param message  what happened; empty where there is none
 * @param hint     what to do; empty where there is none
 * @param verificationFailed whether a finished backup could not be shown to be whole
 */
public record Outcome(String status, String category, String message, String hint, boolean verificationFailed) {

    /** Reads the API's answer. A failure of the work itself goes before one of its verification; of refusals the first counts. */
    public static Outcome of(JsonNode answer) {
        JsonNode verification = answer.path("verification").path("failure");
        JsonNode own = answer.path("failure").isObject()
                ? answer.path("failure")
                : answer.path("refusals").path(0);
        JsonNode failure = own.isObject() ? own : verification;
        JsonNode source = failure.isObject() ? failure : answer;
        return new Outcome(
                Json.text(answer, "status"),
                Json.text(source, "category"),
                Json.text(source, "message"),
                Json.text(source, "hint"),
                verification.isObject());
    }

    /** What to exit with: the failure's own code where there is a failure. */
    public int exitCode() {
        if (status.equals("cancelled")) {
            return ExitCode.CANCELLED;
        }
        if (category.isEmpty()) {
            return status.equals("failed") || status.equals("missed")
                    ? FailureCategory.INTERNAL.exitCode()
                    : ExitCode.OK;
        }
        return Arrays.stream(FailureCategory.values())
                .filter(known -> known.wireName().equals(category))
                .findFirst()
                .orElse(FailureCategory.INTERNAL)
                .exitCode();
    }

    /** For people, in one or two lines; empty where nothing failed. */
    public String failureText() {
        return message.isEmpty() ? "" : category + ": " + message + (hint.isEmpty() ? "" : "\nHINT: " + hint);
    }
}
