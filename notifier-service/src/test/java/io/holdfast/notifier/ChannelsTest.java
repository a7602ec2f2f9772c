package io.holdfast.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.events.EventData;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.alert.AlertTestRequested;
import io.holdfast.events.alert.AlertTested;
import io.holdfast.events.alert.AlertTested.Result;
import io.holdfast.events.definition.NotificationsDefined.PagerDuty;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.events.definition.NotificationsDefined.Slack;
import io.holdfast.events.definition.NotificationsDefined.Webhook;
import io.holdfast.events.wire.Decoded;
import io.holdfast.notifier.StubReceiver.Request;
import io.holdfast.notifier.delivery.DelivererRestart;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@TestProfile(NotifierProfile.class)
@SuppressWarnings("NullAway.Init") // JUnit and Quarkus set the fields.
class ChannelsTest extends Ground {

    private static final String SECRET = "s3cret-of-a-channel";

    @TempDir
    Path folder;

    @Inject
    DelivererRestart deliverer;

    private String secret;

    @BeforeEach
    void writeSecret() throws IOException {
        secret = "file:" + Files.writeString(folder.resolve("secret"), SECRET + "\n");
    }

    @Test
    void slack_gets_an_alert_in_blocks_and_what_follows_in_its_thread() {
        try (StubReceiver slack = StubReceiver.started()) {
            slack.answers(200, Map.of(), "{\"ok\":true,\"ts\":\"1700000000.000042\"}");
            define(defined(null, List.of(slack(slack)), null, null));

            say(raised(AlertLevel.CRITICAL), acknowledged(), resolved());
            awaitDelivered();

            List<Request> requests = slack.requests();
            assertThat(requests).hasSize(3).allSatisfy(request -> {
                assertThat(request.path()).isEqualTo("/api/chat.postMessage");
                assertThat(request.header("Authorization")).isEqualTo("Bearer " + SECRET);
                assertThat(request.json().path("channel").asText()).isEqualTo("C042");
            });
            JsonNode first = requests.getFirst().json();
            assertThat(first.path("blocks").toString())
                    .contains("CRITICAL: replication lag of " + target)
                    .contains("The copy is 3 h behind.")
                    .contains("What to do: Look at the network");
            assertThat(first.has("thread_ts")).isFalse();
            assertThat(requests.subList(1, 3))
                    .extracting(request -> request.json().path("thread_ts").asText())
                    .containsOnly("1700000000.000042");
        }
    }

    @Test
    void slack_is_left_alone_for_as_long_as_it_asks() {
        try (StubReceiver slack = StubReceiver.started()) {
            slack.answers(429, Map.of("Retry-After", "1800"), "");
            define(defined(email(), List.of(slack(slack)), null, null));

            say(raised(AlertLevel.CRITICAL));
            await().atMost(PATIENCE).until(() -> slack.requests().size() == 1);
            await().atMost(PATIENCE).until(() -> lastError("slack").contains("429"));
            // The mail of a later alert is there: so much time was enough for Slack, too.
            say(raised(new AlertKey("another/" + mine), AlertLevel.CRITICAL));
            await().atMost(PATIENCE).until(() -> subjects().size() == 2);
            clock.pass(Duration.ofMinutes(4));
            say(raised(new AlertKey("third/" + mine), AlertLevel.CRITICAL));
            await().atMost(PATIENCE).until(() -> subjects().size() == 3);
            assertThat(slack.requests()).hasSize(1);

            clock.pass(Duration.ofMinutes(31));
            awaitDelivered();
            assertThat(slack.requests()).hasSize(4);
        }
    }

    @Test
    void what_slack_refuses_with_200_is_not_taken_for_delivered() {
        try (StubReceiver slack = StubReceiver.started()) {
            slack.answers(200, Map.of(), "{\"ok\":false,\"error\":\"not_in_channel\"}");
            define(defined(null, List.of(slack(slack)), null, null));

            say(raised(AlertLevel.CRITICAL));
            awaitDelivered();

            assertThat(slack.requests()).hasSize(2);
        }
    }

    @Test
    void pagerduty_is_told_again_after_an_error_under_the_same_key() {
        try (StubReceiver pagerDuty = StubReceiver.started()) {
            pagerDuty.answers(500, Map.of(), "oops").answers(503, Map.of(), "");
            define(defined(null, null, List.of(new PagerDuty("duty", secret, pagerDuty.url("/v2/enqueue"))), null));

            say(raised(AlertLevel.CRITICAL), acknowledged(), resolved());
            awaitDelivered();

            assertThat(pagerDuty.requests()).hasSize(5).allSatisfy(request -> {
                assertThat(request.json().path("dedup_key").asText()).isEqualTo(key.value());
                assertThat(request.json().path("routing_key").asText()).isEqualTo(SECRET);
            });
            assertThat(pagerDuty.requests())
                    .extracting(request -> request.json().path("event_action").asText())
                    .containsExactly("trigger", "trigger", "trigger", "acknowledge", "resolve");
            JsonNode payload = pagerDuty.requests().getFirst().json().path("payload");
            assertThat(payload.path("severity").asText()).isEqualTo("critical");
            assertThat(payload.path("source").asText()).isEqualTo(target.value());
            assertThat(database.query("select count(*) from notifier.delivery d where d::text like '%" + SECRET + "%'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void a_webhook_is_signed_and_redirects_lead_nowhere() {
        try (StubReceiver hook = StubReceiver.started();
                StubReceiver elsewhere = StubReceiver.started()) {
            hook.answers(302, Map.of("Location", elsewhere.url("/")), "");
            define(defined(null, null, null, List.of(new Webhook("hook", hook.url("/alerts?x=1"), secret))));

            say(raised(AlertLevel.WARNING), resolved());
            awaitDelivered();

            assertThat(elsewhere.requests()).isEmpty();
            assertThat(hook.requests())
                    .hasSize(3)
                    .allSatisfy(request ->
                            assertThat(request.header("Holdfast-Signature")).isEqualTo(signature(request)));
            JsonNode over = hook.requests().getLast().json();
            assertThat(over.path("version").asText()).isEqualTo("4");
            assertThat(over.path("status").asText()).isEqualTo("resolved");
            assertThat(over.at("/alerts/0/labels/alertname").asText()).isEqualTo("replication_lag");
            assertThat(over.at("/alerts/0/labels/key").asText()).isEqualTo(key.value());
        }
    }

    @Test
    void a_receiver_that_is_down_for_an_hour_is_stood_in_for_and_told_later_once() {
        StubReceiver gone = StubReceiver.started();
        int port = gone.port();
        gone.close();
        define(defined(
                email(),
                null,
                List.of(new PagerDuty("duty", secret, "http://127.0.0.1:" + port + "/")),
                null,
                new Route(null, null, null, List.of("duty"), null, null, null)));

        say(raised(AlertLevel.CRITICAL));
        await().atMost(PATIENCE).until(() -> lastError("pagerduty").contains("HINT:"));
        assertThat(subjects()).isEmpty();

        clock.pass(Duration.ofMinutes(6));
        await().atMost(PATIENCE).until(() -> subjects().size() == 1);
        clock.pass(Duration.ofMinutes(54));
        try (StubReceiver back = StubReceiver.started(port)) {
            awaitDelivered();

            assertThat(back.requests()).hasSize(1);
            assertThat(subjects()).hasSize(1);
        }
    }

    @Test
    void a_notifier_that_dies_before_it_noted_the_answer_sends_again_once_and_the_same() throws InterruptedException {
        try (StubReceiver hook = StubReceiver.started()) {
            define(defined(null, null, null, List.of(new Webhook("hook", hook.url("/"), null))));
            say(raised(AlertLevel.CRITICAL));
            awaitDelivered();

            // What a process leaves that is killed after the answer: the attempt, and not its end.
            database.execute("update notifier.delivery set delivered_at = null, next_attempt_at = '"
                    + clock.instant().plus(Duration.ofMinutes(3)) + "' where matter = '" + key + "'");
            deliverer.restart();
            clock.pass(Duration.ofMinutes(4));
            awaitDelivered();
            deliverer.restart();
            say(resolved());
            awaitDelivered();

            assertThat(hook.requests())
                    .extracting(request -> request.json().path("status").asText())
                    .containsExactly("firing", "firing", "resolved");
            assertThat(hook.requests().get(1).header("Holdfast-Event"))
                    .isNotEmpty()
                    .isEqualTo(hook.requests().get(0).header("Holdfast-Event"));
        }
    }

    @Test
    void many_at_once_reach_people_in_one_message_and_machines_one_by_one() {
        try (StubReceiver hook = StubReceiver.started()) {
            int port = mail.getSmtp().getPort();
            define(defined(email(), null, null, List.of(new Webhook("hook", hook.url("/"), null))));
            mail.stop();
            say(IntStream.range(0, 8)
                    .mapToObj(i -> raised(new AlertKey("many/" + i + "/" + mine), AlertLevel.WARNING))
                    .toArray(EventData[]::new));
            await().atMost(PATIENCE).until(() -> hook.requests().size() == 8);
            mail = mailServer(port);
            awaitDelivered();

            assertThat(subjects()).hasSize(1).first().asString().contains("SEVERAL: 8 things at once");
        }
    }

    @Test
    void a_test_reaches_everybody_of_any_route_once_and_says_who_was_not_reached() {
        try (StubReceiver slack = StubReceiver.started();
                StubReceiver pagerDuty = StubReceiver.started()) {
            slack.answers(200, Map.of(), "{\"ok\":false,\"error\":\"invalid_auth\"}");
            define(defined(
                    email(),
                    List.of(slack(slack)),
                    List.of(new PagerDuty("duty", secret, pagerDuty.url("/"))),
                    null,
                    new Route(List.of("critical"), null, null, List.of("anna@example.org"), null, null, null)));
            AlertKey test = new AlertKey("test/" + mine);

            say(new AlertTestRequested(test, "me", clock.instant()));
            await().atMost(PATIENCE).until(() -> tested(test).size() == 1);

            assertThat(tested(test).getFirst().results())
                    .extracting(Result::channel, Result::receiver, Result::taken)
                    .containsExactly(
                            tuple("email", "anna@example.org", true),
                            tuple("email", "ops@example.org", true),
                            tuple("pagerduty", "duty", true),
                            tuple("slack", "ops", false));
            assertThat(tested(test).getFirst().results().getLast().failure())
                    .contains("invalid_auth")
                    .contains("HINT: ");
            assertThat(subjects()).containsOnly("[Holdfast] TEST: whether you can be told");
            assertThat(pagerDuty.requests())
                    .extracting(request -> request.json().path("event_action").asText())
                    .containsExactly("trigger", "resolve");
            assertThat(slack.requests()).hasSize(1);
        }
    }

    private List<AlertTested> tested(AlertKey test) {
        return broker.records("holdfast.alerts").stream()
                .filter(record -> test.value().equals(record.key()))
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> ((Decoded.Known) known).event().data())
                .filter(AlertTested.class::isInstance)
                .map(AlertTested.class::cast)
                .toList();
    }

    private Slack slack(StubReceiver server) {
        return new Slack("ops", "C042", secret, null, server.url("/api"));
    }

    private String lastError(String channel) {
        return database.query("select coalesce(max(last_error), '') from notifier.delivery where channel = '" + channel
                + "' and delivered_at is null and matter like '%" + mine + "%'");
    }

    private static String signature(Request request) {
        String time = request.header("Holdfast-Signature").replaceAll("t=([0-9]+),.*", "$1");
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] proof = mac.doFinal((time + "." + request.body()).getBytes(StandardCharsets.UTF_8));
            return "t=" + time + ",v1=" + HexFormat.of().formatHex(proof);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
