package io.holdfast.scheduler.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Contact;
import io.holdfast.events.definition.NotificationsDefined.Hours;
import io.holdfast.events.definition.NotificationsDefined.PagerDuty;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.events.definition.NotificationsDefined.Slack;
import io.holdfast.events.definition.NotificationsDefined.Syslog;
import io.holdfast.events.definition.NotificationsDefined.Webhook;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationsReaderTest {

    private static final String CHANNELS = """
            repositories: { main: { url: "file:///srv/holdfast" } }
            targets: { orders: { postgres: { host: 127.0.0.1, user: backup }, repository: main } }
            notifications:
              slack: { ops: { channel: C042, token: "env:SLACK_TOKEN" } }
              pagerduty: { duty: { routing_key: "env:DUTY_KEY" } }
              webhook: { hook: { url: "https://alerts.example.org/x", secret: "env:HOOK" } }
              syslog: { siem: { server: "tls://siem.example.org", ca: "file:/etc/ca.pem" } }
              time_zone: Europe/Zurich
              routes:
                - levels: critical
                  targets: [orders]
                  tell: [duty, ops]
                  escalate: [{ after: 15m, tell: hook, hours: "07:00-22:00" }]
                  repeat: 4h
                - tell: siem
                  quiet: "22:00-07:00"
            """;

    @Test
    void channels_and_routes_are_read() {
        NotificationsDefined defined = switch (Configuration.parse(CHANNELS)) {
            case ParsedConfiguration.Accepted accepted ->
                Objects.requireNonNull(accepted.configuration().notifications());
            case ParsedConfiguration.Refused refused -> throw new AssertionError(refused.problems());
        };

        assertThat(defined)
                .isEqualTo(new NotificationsDefined(
                        0,
                        null,
                        List.of(new Slack("ops", "C042", "env:SLACK_TOKEN", null, null)),
                        List.of(new PagerDuty("duty", "env:DUTY_KEY", null)),
                        List.of(new Webhook("hook", "https://alerts.example.org/x", "env:HOOK")),
                        List.of(new Syslog("siem", "tls://siem.example.org", "file:/etc/ca.pem")),
                        List.of(
                                new Route(
                                        List.of("critical"),
                                        null,
                                        List.of("orders"),
                                        List.of("duty", "ops"),
                                        List.of(new Contact(
                                                List.of("hook"), 900, new Hours("07:00", "22:00", "Europe/Zurich"))),
                                        null,
                                        14400L),
                                new Route(
                                        null,
                                        null,
                                        null,
                                        List.of("siem"),
                                        null,
                                        new Hours("22:00", "07:00", "Europe/Zurich"),
                                        null))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "levels: critical | levels: loud | knows no such level",
                "targets: [orders] | targets: [odrers] | knows no target `odrers`",
                "tell: [duty, ops] | tell: [dutty] | does not know `dutty`",
                "tell: [duty, ops] | tell: [anna@example.org] | no mail server is defined",
                "tell: [duty, ops] | tell: [] | names nobody",
                "after: 15m | after: soon | is not a time",
                "07:00-22:00 | 7-22 | is no part of a day",
                "webhook: { hook: | webhook: { ops: | `ops` is another channel",
                "\"env:DUTY_KEY\" | s3cret | is not a reference to a secret",
                "channel: C042, | webhook: \"env:HOOK\", | one of them is needed",
                "tls://siem.example.org | https://siem.example.org | is neither udp:, tcp: nor tls:",
                "https://alerts.example.org/x | ftp://alerts.example.org | is neither https: nor http:",
                "https://alerts.example.org/x | https://me:s3cret@alerts.example.org | holds a login"
            })
    void a_mistake_is_told_with_its_place_and_without_what_may_be_a_secret(String right, String wrong, String told) {
        assertThat(CHANNELS).contains(right);

        assertThat(Configuration.parse(CHANNELS.replace(right, wrong)))
                .isInstanceOfSatisfying(
                        ParsedConfiguration.Refused.class,
                        refused -> assertThat(refused.problems())
                                .anySatisfy(problem -> assertThat(problem.describe("holdfast.yaml"))
                                        .contains(told)
                                        .contains("HINT: "))
                                .noneSatisfy(problem -> assertThat(problem.describe("holdfast.yaml"))
                                        .contains("s3cret")));
    }
}
