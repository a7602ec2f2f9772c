package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Json;
import io.holdfast.cli.output.Table;
import java.util.ArrayList;
import java.util.List;

/** What {@code holdfast retention} and {@code holdfast hold} show. */
final class RetentionText {
    private static final String SECONDS = "_seconds";
    private static final long DAY = 86_400;

    private RetentionText() {}

    /** How targets stand, one after the other. */
    static String standings(JsonNode standings) {
        List<String> texts = new ArrayList<>();
        standings.forEach(standing -> texts.add(standing(standing)));
        return texts.isEmpty() ? "There are no targets." : String.join("\n\n", texts);
    }

    private static String standing(JsonNode standing) {
        StringBuilder text = new StringBuilder(heading(standing)).append(": ").append(rules(standing.path("rules")));
        String last = Json.text(standing, "last_run_at");
        text.append("\n  last run  ").append(last.isEmpty() ? "never" : last);
        if (standing.path("failure").isObject()) {
            text.append("\n  the newest one failed: ")
                    .append(Json.text(standing.path("failure"), "message"))
                    .append("\n  HINT: ")
                    .append(Json.text(standing.path("failure"), "hint"));
        }
        JsonNode plan = standing.path("plan");
        if (plan.isObject()) {
            text.append('\n').append(run(plan));
        }
        return text.toString();
    }

    /** Several runs, one after the other. */
    static String runs(Iterable<JsonNode> runs) {
        List<String> texts = new ArrayList<>();
        runs.forEach(run -> texts.add(heading(run) + ": " + Json.text(run, "status") + '\n' + run(run)));
        return String.join("\n\n", texts);
    }

    private static String heading(JsonNode of) {
        return Json.text(of, "target") + " in " + Json.text(of, "repository");
    }

    private static String run(JsonNode run) {
        String failure = Outcome.of(run).failureText();
        if (!failure.isEmpty()) {
            return failure;
        }
        if (!run.has("kept")) {
            return "  nothing is known of it yet";
        }
        boolean dryRun = run.path("dry_run").asBoolean();
        StringBuilder text = new StringBuilder("  ")
                .append(dryRun ? "dry run of " : "run of ")
                .append(Json.text(run, "finished_at"))
                .append(": ")
                .append(run.path("kept").asInt())
                .append(" stay, ")
                .append(run.path("waiting").asInt())
                .append(" wait, ")
                .append(run.path("removed").asInt())
                .append(dryRun ? " would go" : " went");
        if (run.path("awaiting_approval").asInt() > 0) {
            text.append("\n  ")
                    .append(run.path("awaiting_approval").asInt())
                    .append(" wait until somebody agrees: holdfast retention run ")
                    .append(Json.text(run, "target"))
                    .append(" --repository ")
                    .append(Json.text(run, "repository"))
                    .append(" --approve-all");
        }
        if (!run.path("decisions").isEmpty()) {
            Table table = new Table("BACKUP", "BEGUN", "", "WHY");
            run.path("decisions")
                    .forEach(decision -> table.row(
                            Json.text(decision, "backup_id"),
                            Json.text(decision, "started_at"),
                            Json.text(decision, "verdict"),
                            reasons(decision)));
            text.append('\n').append(table.toString().indent(2).stripTrailing());
        }
        if (run.path("left_out").asInt() > 0) {
            text.append("\n  and ").append(run.path("left_out").asInt()).append(" more");
        }
        run.path("notes").forEach(note -> text.append("\n  ").append(note.asText()));
        return text.toString();
    }

    private static String reasons(JsonNode decision) {
        List<String> reasons = new ArrayList<>();
        decision.path("reasons").forEach(reason -> reasons.add(reason.asText()));
        return String.join("; ", reasons);
    }

    private static String rules(JsonNode rules) {
        List<String> said = new ArrayList<>();
        rules.properties().forEach(rule -> {
            String name = rule.getKey();
            if (name.endsWith(SECONDS)) {
                said.add(name.substring(0, name.length() - SECONDS.length()).replace('_', ' ') + " "
                        + length(rule.getValue().asLong()));
            } else if (!name.equals("repository")) {
                said.add(name.replace('_', ' ') + " " + rule.getValue().asText());
            }
        });
        return said.isEmpty() ? "everything stays" : String.join(", ", said);
    }

    private static String length(long seconds) {
        return seconds % DAY == 0 ? seconds / DAY + " d" : Amounts.duration((double) seconds);
    }

    /** Holds as a table. */
    static String holds(JsonNode holds) {
        if (holds.isEmpty()) {
            return "No backup is held.";
        }
        Table table = new Table("BACKUP", "NAME", "TARGET", "REPOSITORY", "STATUS", "BY", "SINCE", "REASON");
        holds.forEach(hold -> table.row(
                Json.text(hold, "backup_id"),
                Json.text(hold, "name"),
                Json.text(hold, "target"),
                Json.text(hold, "repository"),
                Json.text(hold, "status"),
                Json.text(hold, "held_by"),
                Json.text(hold, "held_at"),
                Json.text(hold, "reason")));
        return table.toString();
    }
}
