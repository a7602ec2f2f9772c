package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Json;
import io.holdfast.cli.output.Table;

/** Standbys, for people. */
final class StandbyText {
    private StandbyText() {}

    /** A line for each. */
    static String lines(JsonNode standbys) {
        Table table = new Table("STANDBY OF", "DIRECTORY", "REPLAYED", "BEHIND", "", "");
        standbys.forEach(each -> table.row(
                Json.text(each, "target"),
                Json.text(each, "directory"),
                each.has("lsn") ? Json.text(each, "lsn") : "UNKNOWN",
                Amounts.duration(each.path("behind_seconds").asDouble()),
                each.has("behind_bytes")
                        ? Amounts.bytes(each.path("behind_bytes").asLong())
                        : "",
                each.has("trouble") ? "NOT ANSWERED: " + Json.text(each, "trouble") : ""));
        return table.toString();
    }
}
