package io.holdfast.scheduler.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.RetentionRules;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetentionReaderTest {

    private static final long DAY = Duration.ofDays(1).toSeconds();

    @Test
    void a_target_keeps_in_each_repository_what_is_said_there_or_by_itself() {
        Configuration configuration = accepted("""
                repositories:
                  local: { url: "file:///local", encryption: none, retention: { age: 7d } }
                  cloud: { url: "file:///cloud", encryption: none, retention: { age: 90d, window: 2w } }
                  cold: { url: "file:///cold", encryption: none }
                targets:
                  orders:
                    postgres: { host: h, user: u }
                    repositories: [local, cloud, cold]
                    retention: { cold: { monthly: 12, yearly: 7, time_zone: Europe/Zurich } }
                  people:
                    postgres: { host: h, user: u }
                    repositories: [local, cold]
                    retention: { all: { hourly: 24, daily: 7, weekly: 4, youngest: 0h, freely: 0, per_run: 5 } }
                """);

        assertThat(retention(configuration, "orders"))
                .containsExactly(
                        rules("local", null, null, 7 * DAY, null),
                        rules("cloud", null, null, 90 * DAY, 14 * DAY),
                        new RetentionRules(
                                new RepositoryId("cold"),
                                "Europe/Zurich",
                                null,
                                null,
                                null,
                                12,
                                7,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null));
        assertThat(retention(configuration, "people"))
                .containsExactly(
                        new RetentionRules(
                                new RepositoryId("local"),
                                null,
                                24,
                                7,
                                4,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                5,
                                0,
                                0L),
                        new RetentionRules(
                                new RepositoryId("cold"),
                                null,
                                24,
                                7,
                                4,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                5,
                                0,
                                0L));
        assertThat(Objects.requireNonNull(configuration.targets().get(new TargetId("orders")))
                        .defined()
                        .retentionIn(new RepositoryId("cloud")))
                .contains(rules("cloud", null, null, 90 * DAY, 14 * DAY));
    }

    @Test
    void a_count_is_one_of_backups_of_the_schedule() {
        Configuration configuration = accepted("""
                repositories:
                  main: { url: "file:///main", encryption: none, retention: { count: 7 } }
                  other: { url: "file:///other", encryption: none, retention: { count: 7, spacing: 3d } }
                  rare: { url: "file:///rare", encryption: none, retention: { count: 7 } }
                targets:
                  orders:
                    postgres: { host: h, user: u }
                    repositories: [main, other, rare]
                    schedule: { full: { main: "0 2 * * 0" }, incremental: { main: "0 2 * * 1-6", other: "0 * * * *" } }
                """);

        assertThat(retention(configuration, "orders"))
                .containsExactly(
                        rules("main", 7, DAY, null, null),
                        rules("other", 7, 3 * DAY, null, null),
                        rules("rare", 7, 3600L, null, null));
    }

    @Test
    void what_cannot_be_meant_so_is_refused_with_its_place() {
        List<ConfigurationProblem> problems = refused("""
                repositories:
                  main:
                    url: "file:///main"
                    encryption: none
                    retention: { dayly: 7, age: 7 days, weekly: 0, spacing: 1d }
                    deletion: { access_key: "env:KEY" }
                targets:
                  orders:
                    postgres: { host: h, user: u }
                    repository: main
                    retention: { mian: { daily: 7 }, all: { window: 0d, time_zone: Mars } }
                """);

        assertThat(problems)
                .extracting(ConfigurationProblem::what)
                .containsExactlyInAnyOrder(
                        "`dayly` is not known in repositories.main.retention",
                        "repositories.main.retention.age is not a length of time",
                        "repositories.main.retention.weekly is not a number from 1 to 100000",
                        "repositories.main.retention.spacing says nothing without count",
                        "`secret_key` is missing in repositories.main.deletion",
                        "`mian` is not known in targets.orders.retention",
                        "targets.orders.retention.all.window is no time at all",
                        "targets.orders.retention.all.time_zone does not know the time zone `Mars`");
    }

    @Test
    void credentials_that_delete_are_said_and_those_of_workers_are_warned_of() {
        String text = """
                repositories:
                  cloud:
                    url: "s3://bucket"
                    encryption: none
                    access_key: "env:KEY"
                    secret_key: "env:SECRET"
                    deletion: { access_key: "env:OTHER", secret_key: "env:%s" }
                targets: {}
                """;

        assertThat(Objects.requireNonNull(accepted(text.formatted("OTHER_SECRET"))
                                .repositories()
                                .get(new RepositoryId("cloud")))
                        .deletion())
                .isEqualTo(new RepositoryDefined.Deletion("env:OTHER", "env:OTHER_SECRET"));
        assertThat(Configuration.parse(text.formatted("SECRET")))
                .isInstanceOfSatisfying(
                        ParsedConfiguration.Accepted.class,
                        accepted -> assertThat(accepted.warnings())
                                .singleElement()
                                .extracting(ConfigurationProblem::what)
                                .asString()
                                .contains("who makes backups may delete them"));
    }

    private static RetentionRules rules(
            String repository,
            @Nullable Integer count,
            @Nullable Long spacing,
            @Nullable Long age,
            @Nullable Long window) {
        return new RetentionRules(
                new RepositoryId(repository),
                null,
                null,
                null,
                null,
                null,
                null,
                count,
                spacing,
                age,
                window,
                null,
                null,
                null);
    }

    private static List<RetentionRules> retention(Configuration configuration, String target) {
        return Objects.requireNonNull(configuration.targets().get(new TargetId(target)))
                .retention();
    }

    private static Configuration accepted(String text) {
        return switch (Configuration.parse(text)) {
            case ParsedConfiguration.Accepted accepted -> accepted.configuration();
            case ParsedConfiguration.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static List<ConfigurationProblem> refused(String text) {
        return switch (Configuration.parse(text)) {
            case ParsedConfiguration.Accepted accepted -> throw new AssertionError("it was accepted");
            case ParsedConfiguration.Refused refused -> refused.problems();
        };
    }
}
