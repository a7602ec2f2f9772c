package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Json;
import io.holdfast.cli.output.Table;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Recovery windows, for people. */
final class WindowText {
    private final Clock clock;

    WindowText(Clock clock) {
        this.clock = clock;
    }

    /** Everything that is known of each. */
    String all(JsonNode windows) {
        List<String> texts = new ArrayList<>();
        windows.forEach(window -> texts.add(one(window)));
        return texts.isEmpty() ? "no targets" : String.join("\n", texts);
    }

    /** A line for each. */
    String lines(JsonNode windows) {
        Table table = new Table("TARGET", "REPOSITORY", "BACK TO", "UNTIL", "AGO", "ARCHIVED", "MISSING");
        windows.forEach(window -> table.row(
                Json.text(window, "target"),
                Json.text(window, "repository"),
                Json.text(window.path("from"), "time"),
                Json.text(window.path("to"), "time"),
                window.has("rpo_seconds")
                        ? Amounts.duration(window.path("rpo_seconds").asDouble())
                        : "",
                window.has("interrupted_since") ? "STANDS STILL" : ways(window),
                missing(window)));
        return table.toString();
    }

    private static String missing(JsonNode window) {
        int open = 0;
        for (JsonNode hole : window.path("holes")) {
            open += hole.path("healed").asBoolean() ? 0 : 1;
        }
        if (!window.has("from")) {
            return "NO BACKUP";
        }
        return open > 0
                ? "OPEN HOLE"
                : window.path("holes").isEmpty() ? "" : window.path("holes").size() + ", healed";
    }

    private String one(JsonNode window) {
        StringBuilder text =
                new StringBuilder(Json.text(window, "target")).append(" in ").append(Json.text(window, "repository"));
        if (window.has("system_identifier")) {
            text.append(": cluster ")
                    .append(Json.text(window, "system_identifier"))
                    .append(", timeline ")
                    .append(Json.text(window, "timeline"));
        }
        if (!window.has("from")) {
            append(text, "recoverable", "no moment: there is no backup");
        } else {
            boolean any = !window.path("archived_by").isEmpty() || window.has("archived_until");
            append(
                    text,
                    "recoverable",
                    (any ? "any moment from " : "the ends of its backups, from ") + moment(window.path("from")) + " to "
                            + moment(window.path("to")) + ", " + ago(window.path("to"), "time"));
        }
        window.path("holes").forEach(hole -> append(text, "but for", hole(hole)));
        append(text, "archived", archived(window));
        append(text, "proven", proven(window.path("drill")));
        return text.toString();
    }

    private static String hole(JsonNode hole) {
        String since = Json.text(hole, "since");
        String reason = Json.text(hole, "reason");
        return Json.text(hole.path("from"), "lsn") + " to "
                + (hole.has("to_lsn") ? Json.text(hole, "to_lsn") : "now")
                + (reason.isEmpty() ? ", never archived" : ", " + reason)
                + (since.isEmpty() ? "" : ", noticed " + since)
                + (hole.path("healed").asBoolean()
                        ? "; healed by backup " + Json.text(hole, "healed_by") + ", " + Json.text(hole, "healed_at")
                        : "; NOT HEALED: no moment behind it can be reached before the next backup");
    }

    private String archived(JsonNode window) {
        String until = window.has("archived_until")
                ? ", up to " + Json.text(window, "archived_to") + ", " + ago(window, "archived_until")
                : "";
        if (window.has("interrupted_since")) {
            JsonNode why = window.path("interruption");
            return ways(window) + ", STANDS STILL since " + Json.text(window, "interrupted_since") + until + ": "
                    + Json.text(why, "message") + " " + Json.text(why, "hint");
        }
        return (ways(window).equals("none") ? "not between backups" : "by " + ways(window)) + until;
    }

    private static String ways(JsonNode window) {
        List<String> ways = new ArrayList<>();
        window.path("archived_by").forEach(way -> ways.add(way.asText()));
        return ways.isEmpty() ? "none" : String.join(" and ", ways);
    }

    private String proven(JsonNode drill) {
        if (!drill.isObject()) {
            return "by no drill yet";
        }
        return "by drill " + Json.text(drill, "drill_id") + ", " + ago(drill, "passed_at")
                + (drill.has("rto_seconds")
                        ? ", back within "
                                + Amounts.duration(drill.path("rto_seconds").asDouble())
                        : "");
    }

    private static String moment(JsonNode moment) {
        return Json.text(moment, "time") + " (" + Json.text(moment, "lsn") + ")";
    }

    private String ago(JsonNode node, String field) {
        String text = Json.text(node, field);
        if (text.isEmpty()) {
            return "";
        }
        Duration age = Duration.between(Instant.parse(text), clock.instant());
        return Amounts.duration(age.isNegative() ? Duration.ZERO : age) + " ago";
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append("\n  ").append("%-12s".formatted(name)).append(' ').append(value);
    }
}
