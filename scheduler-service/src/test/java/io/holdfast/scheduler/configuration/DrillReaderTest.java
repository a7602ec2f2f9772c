package io.holdfast.scheduler.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.scheduler.schedule.CronSchedule;
import io.holdfast.scheduler.schedule.DrillPlan;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class DrillReaderTest {
    private static final String BEGINNING = """
            repositories:
              main: { url: "file:///srv/holdfast" }
            targets:
              orders:
                postgres: { host: 127.0.0.1, user: backup }
                repository: main
            """;

    @Test
    void what_is_said_of_drills_is_taken_over() {
        ParsedConfiguration parsed = Configuration.parse(BEGINNING + """
                    drill:
                      schedule: quarterly
                      time_zone: Europe/Zurich
                      after_full: true
                      site: lab
                      checks: [{ name: all, database: shop, sql: "select 1", expected: "1" }]
                      roles: [shop]
                      extensions: [{ name: pg_trgm }]
                      rows: [{ database: shop, table: public.orders, at_least: 7 }]
                      smoke_command: [psql, "-c", "select 1"]
                """);

        assertThat(parsed)
                .isInstanceOfSatisfying(
                        ParsedConfiguration.Accepted.class,
                        accepted -> assertThat(accepted.configuration().drills())
                                .containsExactly(new DrillPlan(
                                        new TargetId("orders"),
                                        new RepositoryId("main"),
                                        CronSchedule.of("0 4 1 1,4,7,10 *", ZoneId.of("Europe/Zurich")),
                                        true,
                                        new SiteName("lab"),
                                        new DrillChecks(
                                                List.of(new SqlCheck("all", "shop", "select 1", "1")),
                                                List.of("shop"),
                                                List.of(new DrillChecks.Extension(null, "pg_trgm")),
                                                List.of(new DrillChecks.Rows("shop", "public.orders", 7L, null)),
                                                List.of("psql", "-c", "select 1")))));
    }

    @Test
    void what_makes_no_sense_is_told_with_its_place() {
        ParsedConfiguration parsed = Configuration.parse(BEGINNING + """
                    drill:
                      schedule: sometimes
                      rows: [{ table: public.orders }, { table: items, exactly: 3 }]
                      checks: [{ name: all }]
                """);

        assertThat(parsed)
                .isInstanceOfSatisfying(
                        ParsedConfiguration.Refused.class,
                        refused -> assertThat(
                                        refused.problems().stream().map(problem -> problem.describe("holdfast.yaml")))
                                .anySatisfy(problem -> assertThat(problem).contains("schedule"))
                                .anySatisfy(problem -> assertThat(problem).contains("has no number of rows"))
                                .anySatisfy(
                                        problem -> assertThat(problem).contains("items has no schema", "public.items"))
                                .anySatisfy(problem -> assertThat(problem).contains("sql")));
    }
}
