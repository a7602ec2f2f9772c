package io.holdfast.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertAcknowledged;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertKind;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.alert.AlertRaised;
import io.holdfast.events.alert.AlertResolved;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.Surrounding;
import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of alerts stand on: a mail server, and names of their own. */
@SuppressWarnings("NullAway.Init") // The surroundings set the fields of their types.
abstract class Ground {

    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    final EventCodec codec = new EventCodec();
    final String mine = "t-" + UUID.randomUUID();
    final TargetId target = new TargetId(mine);
    final AlertKey key = new AlertKey("replication/" + mine);

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    Definitions definitions;

    @Inject
    ShiftedClock clock;

    GreenMail mail;
    private int said;

    @BeforeEach
    void startMailServer() {
        mail = mailServer(0);
    }

    @AfterEach
    void leaveNothingBehind() {
        mail.stop();
        database.execute("update notifier.delivery set given_up_at = now() where delivered_at is null");
        database.execute("delete from notifier.delivery where delivered_at is null");
        database.execute("update notifier.notice set spread_at = now() where spread_at is null");
        database.execute("delete from notifier.incident");
    }

    static GreenMail mailServer(int port) {
        ServerSetup setup = new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
        GreenMail server = new GreenMail(port == 0 ? setup.dynamicPort() : setup);
        server.start();
        return server;
    }

    NotificationsDefined.Email email() {
        return new NotificationsDefined.Email(
                "smtp://127.0.0.1:" + mail.getSmtp().getPort(),
                "holdfast@example.org",
                List.of("ops@example.org"),
                null,
                null,
                "disabled");
    }

    /** Has the control plane say it, and waits until the notifier goes by it. */
    void define(NotificationsDefined wanted) {
        NotificationsDefined definition = wanted.withRevision(++NotifierServiceTest.revision);
        broker.send(controlPlane.sign(
                codec.encode(Event.first(
                        new EventId("definition-" + NotifierServiceTest.revision), "/test", Instant.now(), definition)),
                null));
        await().atMost(PATIENCE)
                .until(() ->
                        definitions.notifications().filter(definition::equals).isPresent());
    }

    /** Says events, and waits until the notifier has taken them in. */
    void say(EventData... events) {
        for (EventData data : events) {
            said++;
            broker.send(codec.encode(
                    Event.first(new EventId(mine + "/" + UUID.randomUUID()), "/test", clock.instant(), data)));
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(database.query(
                                "select count(*) from notifier.inbox where event_id like '" + mine + "%'"))
                        .isEqualTo(Integer.toString(said)));
    }

    /** All that was decided is delivered. */
    void awaitDelivered() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                database.query("select (select count(*) from notifier.notice where spread_at is null)"
                                        + " + (select count(*) from notifier.delivery where delivered_at is null)"))
                        .isEqualTo("0"));
    }

    List<String> subjects() {
        List<String> subjects = new ArrayList<>();
        for (MimeMessage each : mail.getReceivedMessages()) {
            try {
                subjects.add(each.getSubject());
            } catch (MessagingException e) {
                throw new IllegalStateException(e);
            }
        }
        return subjects;
    }

    AlertRaised raised(AlertLevel level) {
        return raised(key, level);
    }

    AlertRaised raised(AlertKey other, AlertLevel level) {
        return new AlertRaised(
                other,
                new AlertKind("replication_lag"),
                level,
                target,
                null,
                "The copy is 3 h behind.",
                "Look at the network between the regions.",
                "https://wiki.example.org/lag",
                NOON);
    }

    AlertResolved resolved() {
        return new AlertResolved(
                key, new AlertKind("replication_lag"), target, null, "The copy is up to date.", clock.instant());
    }

    AlertAcknowledged acknowledged() {
        return new AlertAcknowledged(key, "anna", "I am at it.", clock.instant());
    }

    BackupFailed failed(TargetId of, RepositoryId repository, FailureCategory category) {
        return new BackupFailed(
                BackupId.of(UUID.randomUUID().toString()),
                of,
                BackupKind.FULL,
                repository,
                null,
                clock.instant(),
                1,
                new Failure(category, "it does not answer", "Look at it."),
                null,
                null);
    }

    BackupCompleted completed(TargetId of, RepositoryId repository) {
        return completed(of, repository, BackupId.of(UUID.randomUUID().toString()));
    }

    BackupCompleted completed(TargetId of, RepositoryId repository, BackupId backup) {
        return new BackupCompleted(
                backup,
                of,
                BackupKind.FULL,
                repository,
                "m",
                1,
                1,
                clock.instant(),
                clock.instant(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    static NotificationsDefined defined(
            NotificationsDefined.@Nullable Email email,
            @Nullable List<NotificationsDefined.Slack> slack,
            @Nullable List<NotificationsDefined.PagerDuty> pagerduty,
            @Nullable List<NotificationsDefined.Webhook> webhooks,
            NotificationsDefined.Route... routes) {
        return new NotificationsDefined(
                0, email, slack, pagerduty, webhooks, null, routes.length == 0 ? null : List.of(routes));
    }
}
