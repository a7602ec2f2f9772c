package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.scheduler.schedule.CronSchedule;
import io.holdfast.scheduler.schedule.DrillPlan;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code drill} of a target. */
final class DrillReader {

    static final List<String> KEYS = List.of(
            "schedule", "time_zone", "after_full", "site", "checks", "roles", "extensions", "rows", "smoke_command");
    private static final List<String> CHECK_KEYS = List.of("name", "database", "sql", "expected");
    private static final List<String> ROWS_KEYS = List.of("database", "table", "at_least", "exactly");
    private static final List<String> EXTENSION_KEYS = List.of("database", "name");

    /** In the night of the first day of the month. */
    private static final String MONTHLY = "0 4 1 * *";

    private static final String QUARTERLY = "0 4 1 1,4,7,10 *";
    private static final int MOST = Integer.MAX_VALUE;

    private DrillReader() {}

    static @Nullable DrillPlan read(@Nullable TargetId target, @Nullable RepositoryId repository, Section drill) {
        ZoneId zone = drill.read(
                "time_zone",
                drill.text("time_zone"),
                TargetReader::zone,
                "use a name of the IANA time zone database, such as UTC or Europe/Zurich");
        CronSchedule times = drill.read(
                "schedule",
                drill.text("schedule"),
                text -> times(text, zone == null ? ZoneOffset.UTC : zone),
                "write monthly, quarterly, or minute, hour, day of month, month and day of week, such as \"0 4 1 * *\"");
        boolean afterFull = drill.flag("after_full", false);
        String site = drill.text("site");
        SiteName where = site == null
                ? DrillPlan.USUAL_SITE
                : drill.read("site", site, SiteName::new, "use the HOLDFAST_SITE of a restore-worker");
        List<String> command = drill.texts("smoke_command");
        DrillChecks checks = new DrillChecks(
                checks(drill),
                drill.texts("roles"),
                extensions(drill),
                rows(drill),
                command.isEmpty() ? null : command);
        return target == null || repository == null || where == null
                ? null
                : new DrillPlan(target, repository, times, afterFull, where, checks);
    }

    private static CronSchedule times(String text, ZoneId zone) {
        return CronSchedule.of(
                switch (text) {
                    case "monthly" -> MONTHLY;
                    case "quarterly" -> QUARTERLY;
                    default -> text;
                },
                zone);
    }

    private static List<SqlCheck> checks(Section drill) {
        List<SqlCheck> checks = new ArrayList<>();
        for (Section each : drill.sections("checks", CHECK_KEYS)) {
            String name = each.requiredText("name", "say what it checks, for the report");
            String sql = each.requiredText("sql", "write one statement that gives one value");
            if (name != null && sql != null) {
                checks.add(new SqlCheck(name, each.text("database"), sql, each.text("expected")));
            }
        }
        return checks;
    }

    private static List<DrillChecks.Extension> extensions(Section drill) {
        List<DrillChecks.Extension> extensions = new ArrayList<>();
        for (Section each : drill.sections("extensions", EXTENSION_KEYS)) {
            String name = each.requiredText("name", "write the extension's name, such as postgis");
            if (name != null) {
                extensions.add(new DrillChecks.Extension(each.text("database"), name));
            }
        }
        return extensions;
    }

    private static List<DrillChecks.Rows> rows(Section drill) {
        List<DrillChecks.Rows> rows = new ArrayList<>();
        for (Section each : drill.sections("rows", ROWS_KEYS)) {
            String table = each.requiredText("table", "write the table with its schema, such as public.orders");
            Long atLeast = number(each, "at_least");
            Long exactly = number(each, "exactly");
            if (atLeast == null && exactly == null) {
                each.problems()
                        .add(
                                each.keyOf("table"),
                                each.path("table") + " has no number of rows",
                                "add at_least or exactly");
            }
            if (table != null && !table.contains(".")) {
                each.problems()
                        .add(
                                each.keyOf("table"),
                                table + " has no schema",
                                "write it with its schema: public." + table);
            } else if (table != null) {
                rows.add(new DrillChecks.Rows(each.text("database"), table, atLeast, exactly));
            }
        }
        return rows;
    }

    private static @Nullable Long number(Section section, String key) {
        return section.values().containsKey(key) ? (Long) (long) section.integer(key, 0, MOST, 0) : null;
    }
}
