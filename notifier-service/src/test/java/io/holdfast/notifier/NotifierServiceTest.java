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
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.verification.Damage;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.notifier.delivery.DelivererRestart;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@SuppressWarnings("NullAway.Init") // The surroundings set the fields of their types.
@TestProfile(NotifierProfile.class)
class NotifierServiceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PASSWORD = "s3cret-of-the-mail-server";
    static long revision;

    private final EventCodec codec = new EventCodec();
    private final Queue<String> log = new ConcurrentLinkedQueue<>();
    private final Handler logging = new CollectingHandler(log);
    private final TargetId target = new TargetId("t-" + UUID.randomUUID());

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    Definitions definitions;

    @Inject
    DelivererRestart deliverer;

    @TempDir
    Path folder;

    private GreenMail mail;

    @BeforeEach
    void startMailServer() throws IOException {
        Logger.getLogger("").addHandler(logging);
        mail = mailServer(0);
        define();
    }

    @AfterEach
    void stopMailServer() {
        mail.stop();
        Logger.getLogger("").removeHandler(logging);
    }

    @Test
    void a_failure_is_mailed_once_whatever_is_repeated() throws MessagingException {
        WireEvent failed = wire(backupFailed());
        WireEvent[] duplicates = new WireEvent[10];
        Arrays.fill(duplicates, failed);

        broker.send(duplicates);
        for (int i = 0; i < 10; i++) {
            broker.send(wire(backupFailed()));
        }
        awaitHandled(11);

        MimeMessage message = onlyMail();
        assertThat(message.getSubject())
                .isEqualTo("[Holdfast] FAILED: " + target + " full backup to main: authentication");
        assertThat(text(message))
                .contains("refused user backup")
                .contains("Check the password of the user backup.")
                .contains("holdfast backup --target " + target);
    }

    @Test
    void the_first_success_after_a_failure_is_mailed_as_its_answer() throws MessagingException {
        broker.send(wire(backupFailed()), wire(backupCompleted()), wire(backupCompleted()));
        awaitHandled(3);

        MimeMessage[] mails = mail.getReceivedMessages();
        assertThat(mails).hasSize(2);
        assertThat(mails[1].getSubject()).isEqualTo("[Holdfast] RECOVERED: " + target + " full backup to main");
        assertThat(mails[1].getHeader("In-Reply-To")).containsExactly(mails[0].getMessageID());
    }

    @Test
    void failed_verifications_and_restores_and_missed_runs_are_mailed_too() throws MessagingException {
        broker.send(wire(verificationFailed()), wire(restoreFailed()), wire(missed()), wire(missed()));
        awaitHandled(4);

        assertThat(mail.getReceivedMessages())
                .extracting(MimeMessage::getSubject)
                .containsExactlyInAnyOrder(
                        "[Holdfast] FAILED: " + target + " verification in main: repository_damaged",
                        "[Holdfast] FAILED: " + target + " restore: destination",
                        "[Holdfast] MISSED: " + target + " full backup to main");
        assertThat(Arrays.stream(mail.getReceivedMessages()).map(NotifierServiceTest::text))
                .anySatisfy(text -> assertThat(text).contains("base/16384/16421"));
    }

    @Test
    void a_mail_server_that_is_down_gets_the_mail_later_and_once() throws MessagingException, InterruptedException {
        int port = mail.getSmtp().getPort();
        mail.stop();

        broker.send(wire(backupFailed()));
        await().atMost(PATIENCE).until(() -> attempts() >= 2);
        deliverer.restart();
        broker.send(wire(backupFailed()), wire(backupCompleted()));
        mail = mailServer(port);
        awaitHandled(3);

        assertThat(mail.getReceivedMessages())
                .extracting(MimeMessage::getSubject)
                .containsExactly(
                        "[Holdfast] FAILED: " + target + " full backup to main: authentication",
                        "[Holdfast] RECOVERED: " + target + " full backup to main");
    }

    @Test
    void a_definition_that_changed_counts_for_what_is_still_to_be_delivered() throws IOException, MessagingException {
        mail.stop();
        broker.send(wire(backupFailed()));
        await().atMost(PATIENCE).until(() -> attempts() >= 1);

        mail = mailServer(0);
        define();
        awaitHandled(1);

        assertThat(onlyMail().getSubject()).contains("FAILED");
    }

    @Test
    void no_password_is_in_mails_log_or_database() throws MessagingException, IOException {
        mail.stop();
        mail = mailServer(0);
        mail.setUser("holdfast", "holdfast", "another password");
        define();
        broker.send(wire(backupFailed()));
        await().atMost(PATIENCE).until(() -> attempts() >= 1);
        assertThat(database.query(
                        "select last_error from notifier.delivery where matter like 'backup/" + target + "/%'"))
                .contains("login")
                .contains("HINT:");

        mail.setUser("holdfast", "holdfast", PASSWORD);
        awaitHandled(1);

        assertThat(raw(onlyMail())).doesNotContain(PASSWORD);
        assertThat(log).anyMatch(line -> line.contains("did not arrive"));
        assertThat(log).noneMatch(line -> line.contains(PASSWORD));
        assertThat(database.query(
                        "select count(*) from notifier.delivery where delivery::text like '%" + PASSWORD + "%'"))
                .isEqualTo("0");
    }

    @Test
    void what_failed_while_the_notifier_was_away_is_mailed_however_long_that_was() throws MessagingException {
        BackupFailed old = backupFailed(now().minus(3, ChronoUnit.DAYS));
        broker.send(wire(old));
        awaitHandled(1);
        assertThat(mail.getReceivedMessages()).isEmpty();

        database.execute("update notifier.began set at = now() - interval '10 days'");
        try {
            broker.send(wire(old));
            awaitHandled(2);
        } finally {
            database.execute("update notifier.began set at = now()");
        }

        assertThat(onlyMail().getSubject()).contains("FAILED");
    }

    @Test
    void a_notice_that_cannot_be_read_is_given_up_and_holds_up_nothing() throws MessagingException {
        String event = target + "/unreadable";
        database.execute("insert into notifier.notice (event_id, matter, content, decided_at, spread_at)" + " values ('"
                + event + "', 'unreadable', '{\"sort\": ', now(), now())");
        database.execute("insert into notifier.delivery (event_id, matter, channel, receiver, next_attempt_at)"
                + " values ('" + event + "', 'unreadable', 'email', 'ops@example.org', now() - interval '1 day')");

        broker.send(wire(backupFailed()));

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(mail.getReceivedMessages()).hasSize(1));
        assertThat(database.query(
                        "select last_error from notifier.delivery where given_up_at is not null and event_id = '"
                                + event + "'"))
                .contains("cannot be read");
        database.execute("delete from notifier.delivery where event_id = '" + event + "'");
    }

    private MimeMessage onlyMail() {
        MimeMessage[] mails = mail.getReceivedMessages();
        assertThat(mails).hasSize(1);
        return mails[0];
    }

    /** Every event of this test's target was taken in, and all that follows from them was delivered. */
    private void awaitHandled(int events) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(database.query(
                                "select count(*) from notifier.inbox where event_id like '" + target + "%'"))
                        .isEqualTo(Integer.toString(events)));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                database.query("select (select count(*) from notifier.notice where spread_at is null)"
                                        + " + (select count(*) from notifier.delivery where delivered_at is null)"))
                        .isEqualTo("0"));
    }

    private int attempts() {
        return Integer.parseInt(database.query("select coalesce(max(attempts), 0) from notifier.delivery"
                + " where last_error is not null and matter like '%/" + target + "/%'"));
    }

    private GreenMail mailServer(int port) {
        ServerSetup setup = new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
        GreenMail server = new GreenMail(setup.dynamicPort().port(port));
        server.setUser("holdfast", "holdfast", PASSWORD);
        server.start();
        return server;
    }

    private void define() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        NotificationsDefined.Email email = new NotificationsDefined.Email(
                "smtp://127.0.0.1:" + mail.getSmtp().getPort(),
                "Holdfast <holdfast@example.org>",
                List.of("ops@example.org"),
                "holdfast",
                "file:" + password,
                "disabled");
        NotificationsDefined definition = new NotificationsDefined(++revision, email);
        broker.send(controlPlane.sign(
                codec.encode(Event.first(new EventId("definition-" + revision), "/test", Instant.now(), definition)),
                null));
        await().atMost(PATIENCE)
                .until(() ->
                        definitions.notifications().filter(definition::equals).isPresent());
    }

    private WireEvent wire(EventData data) {
        return codec.encode(Event.first(new EventId(target + "/" + UUID.randomUUID()), "/test", Instant.now(), data));
    }

    private BackupFailed backupFailed() {
        return backupFailed(now());
    }

    private BackupFailed backupFailed(Instant at) {
        return new BackupFailed(
                backup(),
                target,
                BackupKind.FULL,
                new RepositoryId("main"),
                null,
                at,
                1,
                new Failure(
                        FailureCategory.AUTHENTICATION,
                        "127.0.0.1:5432 refused user backup",
                        "Check the password of the user backup."),
                null,
                null);
    }

    private BackupCompleted backupCompleted() {
        return new BackupCompleted(
                backup(),
                target,
                BackupKind.FULL,
                new RepositoryId("main"),
                "m",
                1,
                1,
                now(),
                now(),
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

    private VerificationFailed verificationFailed() {
        return new VerificationFailed(
                backup(),
                target,
                new RepositoryId("main"),
                now(),
                now(),
                new Failure(FailureCategory.REPOSITORY_DAMAGED, "1 object is damaged", "Back it up again."),
                List.of(new Damage("t/1/packs/x", "base/16384/16421", "wrong digest")),
                1,
                null);
    }

    private RestoreFailed restoreFailed() {
        return new RestoreFailed(
                RestoreId.of(UUID.randomUUID().toString()),
                backup(),
                target,
                new SiteName("local"),
                null,
                now(),
                1,
                new Failure(FailureCategory.DESTINATION, "/srv/x is not empty", "Choose another directory."),
                null);
    }

    private BackupMissed missed() {
        return new BackupMissed(
                backup(),
                target,
                BackupKind.FULL,
                now(),
                now(),
                BackupId.of("019c2ac7-3a00-7d11-8222-333344445555"),
                new RepositoryId("main"));
    }

    private static BackupId backup() {
        return BackupId.of(UUID.randomUUID().toString());
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }

    private static String text(MimeMessage message) {
        return raw(message).replace("=\r\n", "");
    }

    private static String raw(MimeMessage message) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            message.writeTo(out);
            return out.toString(StandardCharsets.UTF_8);
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Keeps what is logged. */
    private static final class CollectingHandler extends Handler {
        private final Queue<String> lines;

        CollectingHandler(Queue<String> lines) {
            this.lines = lines;
        }

        @Override
        public void publish(@Nullable LogRecord line) {
            if (line != null) {
                lines.add(line.getMessage() + " " + Arrays.toString(line.getParameters()) + " " + line.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
