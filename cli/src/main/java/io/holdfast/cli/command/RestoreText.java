package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Json;
import java.util.ArrayList;
import java.util.List;

/** What came of a restore, or would, for people. */
final class RestoreText {
    private RestoreText() {}

    /** What came back. */
    static void describe(StringBuilder text, JsonNode restore) {
        describePhases(text, restore);
        restore.path("checks")
                .forEach(check -> text.append("\n  ")
                        .append(Json.text(check, "database"))
                        .append(Json.text(check, "database").isEmpty() ? "" : " ")
                        .append(Json.text(check, "name"))
                        .append(": ")
                        .append(Json.text(check, "value")));
        JsonNode comparison = restore.path("comparison");
        if (comparison.isObject()) {
            append(
                    text,
                    "compared",
                    Amounts.bytes(comparison.path("bytes_kept").asLong()) + " kept, "
                            + Amounts.bytes(comparison.path("bytes_fetched").asLong()) + " fetched, "
                            + comparison.path("files_removed").asLong() + " files removed");
        }
        restore.path("hooks").forEach(hook -> append(text, Json.text(hook, "name") + ":", Json.text(hook, "value")));
        append(text, "asked for", asked(restore.path("recovery_target")));
        append(text, "recovered to", recoveredTo(restore.path("recovered_to")));
        append(
                text,
                "brought back",
                restore.has("bytes") ? Amounts.bytes(restore.path("bytes").asLong()) : "");
        append(text, "directory", Json.text(restore, "directory"));
        append(text, "connection", Json.text(restore, "connection"));
        restore.path("kept_aside").forEach(each -> append(text, "kept as", each.asText()));
        append(text, "report", Json.text(restore, "report"));
        restore.path("warnings").forEach(each -> append(text, "WARNING", each.asText()));
    }

    /** The moment that was asked for, as it was asked for; nothing: the backup's end. */
    private static String asked(JsonNode target) {
        String what = switch (Json.text(target, "type")) {
            case "latest" -> "all that is stored";
            case "immediate" -> "the backup's end";
            case "time" -> "what was committed until " + Json.text(target, "time");
            case "lsn" -> "everything up to " + Json.text(target, "lsn");
            case "xid" -> "everything up to transaction " + Json.text(target, "xid");
            case "name" -> "everything up to the point " + Json.text(target, "name");
            default -> "";
        };
        return what + (target.path("exclusive").asBoolean() ? ", itself left out" : "");
    }

    /** How long each part took. */
    static void describePhases(StringBuilder text, JsonNode measured) {
        measured.path("phases")
                .forEach(phase -> text.append("\n  ")
                        .append(Json.text(phase, "name"))
                        .append("  ")
                        .append(Amounts.duration(phase.path("seconds").asDouble())));
    }

    /** What a dry run found out. */
    static String planned(JsonNode answer) {
        JsonNode refusals = answer.path("refusals");
        StringBuilder text = new StringBuilder("dry run: restoring backup ")
                .append(Json.text(answer, "backup_id"))
                .append(" of ")
                .append(Json.text(answer, "target"))
                .append(refusals.isEmpty() ? " would be begun" : " would be refused");
        JsonNode plan = answer.path("plan");
        if (plan.isObject()) {
            describePlan(text, plan, answer.path("estimate"));
        }
        refusals.forEach(refusal -> text.append('\n')
                .append(Json.text(refusal, "category"))
                .append(": ")
                .append(Json.text(refusal, "message"))
                .append("\nHINT: ")
                .append(Json.text(refusal, "hint")));
        return text.append("\nnothing was changed").toString();
    }

    private static void describePlan(StringBuilder text, JsonNode plan, JsonNode estimate) {
        append(text, "recovers to ", Json.text(plan, "recover_to"));
        List<String> path = new ArrayList<>();
        plan.path("path")
                .forEach(leg -> path.add(Json.text(leg, "from_lsn") + " to " + Json.text(leg, "to_lsn")
                        + " of timeline " + Json.text(leg, "timeline")));
        append(text, "replays     ", String.join(", ", path));
        append(text, "into        ", Json.text(plan, "directory") + found(plan.path("found")));
        plan.path("tablespaces")
                .properties()
                .forEach(each -> append(
                        text,
                        "tablespace  ",
                        each.getKey() + " into " + each.getValue().asText()));
        append(text, "files       ", Amounts.bytes(plan.path("bytes").asLong()));
        append(
                text,
                "WAL         ",
                "up to " + Amounts.bytes(plan.path("wal_bytes").asLong()));
        append(text, "free there  ", Amounts.bytes(plan.path("free_bytes").asLong()));
        if (!plan.path("shares_with").isEmpty()) {
            append(text, "shares with ", plan.path("shares_with").size() + " earlier backups");
        }
        String measured = Json.text(estimate, "measured_in");
        append(
                text,
                "takes about ",
                estimate.isObject()
                        ? Amounts.duration(estimate.path("seconds").asDouble())
                                + (measured.isEmpty() ? ", by assumed speeds" : ", as measured in " + measured)
                        : Amounts.duration(plan.path("estimated_seconds").asDouble()) + ", by assumed speeds");
    }

    private static String found(JsonNode found) {
        String bytes =
                found.has("bytes") ? ", " + Amounts.bytes(found.path("bytes").asLong()) : "";
        return switch (Json.text(found, "what")) {
            case "nothing" -> ", which would be made";
            case "empty" -> ", which is empty";
            case "cluster" -> ", where " + cluster(found) + " lies" + bytes;
            case "unfinished" -> ", where a restore was broken off" + bytes;
            default -> ", where something lies that is no data directory" + bytes;
        };
    }

    private static String cluster(JsonNode found) {
        String identifier = Json.text(found, "system_identifier");
        String major = Json.text(found, "major");
        return "a " + (found.path("running").asBoolean() ? "RUNNING" : "stopped") + " cluster"
                + (identifier.isEmpty() ? " of unknown identity" : " " + identifier)
                + (major.isEmpty() ? "" : " of PostgreSQL " + major);
    }

    private static String recoveredTo(JsonNode reached) {
        if (!reached.isObject()) {
            return "";
        }
        String last = Json.text(reached, "last_transaction");
        return Json.text(reached, "lsn") + " on timeline "
                + reached.path("timeline").asInt() + (last.isEmpty() ? "" : ", last transaction " + last);
    }

    private static void append(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("\n  ").append(name).append("  ").append(value);
        }
    }
}
