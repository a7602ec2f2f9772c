package io.holdfast.restore.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.events.EventId;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.Topic;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCancelled;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.restore.RestoreStarted;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Restores as jobs: who may ask for them, for which site, and what is told. */
@QuarkusTest
@TestProfile(RestoreProfile.class)
class RestoreJobTest extends RestoreWorkerTest {
    @Test
    void a_signed_request_for_this_site_ends_with_a_completed_restore() {
        // given a signed request
        EventId id = EventId.derived("completes");
        Path into = folder.resolve("allowed/completes");

        // when it arrives, twice
        WireEvent request = signed(id, request(into, "lab", ALL_THERE));
        broker.send(request, request);

        // then the restore is started and completed, once, with what was found
        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        assertThat(completed.running()).isFalse();
        assertThat(completed.connection()).isNull();
        assertThat(completed.directory()).isEqualTo(into.toString());
        assertThat(completed.checks())
                .contains(new RestoreCompleted.CheckResult("all there", "postgres", "100", "100"));
        assertThat(completed.phases())
                .extracting(RestoreCompleted.Phase::name)
                .containsExactly("fetch", "start", "recover", "check", "stop");
        assertThat(events(RestoreStarted.class).filter(each -> RestoreId.of(id).equals(each.restoreId())))
                .singleElement()
                .satisfies(started -> assertThat(started.attempt()).isEqualTo(1));
        assertThat(into.resolve("PG_VERSION")).exists();
    }

    @Test
    void what_came_of_it_is_written_down_beside_what_was_restored() throws IOException {
        EventId id = EventId.derived("reported");
        Path into = folder.resolve("allowed/reported");

        broker.send(signed(id, request(into, "lab", ALL_THERE)));

        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        Path file = folder.resolve("allowed/reported.restore-report.json");
        assertThat(completed.report()).isEqualTo(file.toString());
        assertThat(completed.warnings()).isNull();
        assertThat(completed.keptAside()).isNull();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        JsonNode report = EventCodec.newJsonMapper().readTree(Files.readAllBytes(file));
        assertThat(report.path("format").asInt()).isEqualTo(1);
        assertThat(report.path("restore_id").asText())
                .isEqualTo(completed.restoreId().toString());
        assertThat(report.path("backup_id").asText()).isEqualTo(BACKUP.toString());
        assertThat(report.path("requested_by").asText()).isEqualTo("ops");
        assertThat(report.at("/recovered_to/lsn").asText())
                .isEqualTo(Objects.requireNonNull(completed.recoveredTo()).lsn());
        assertThat(report.path("bytes").asLong()).isEqualTo(completed.bytes()).isPositive();
        assertThat(report.at("/phases/0/name").asText()).isEqualTo("fetch");
        assertThat(report.path("checks")).hasSize(completed.checks().size());
        assertThat(report.has("hooks")).isFalse();
    }

    @Test
    void a_request_without_signature_and_one_for_another_site_cause_nothing() {
        // given neither is for us, and one behind them is
        EventId unsigned = EventId.derived("unsigned");
        EventId elsewhere = EventId.derived("elsewhere");
        EventId refused = EventId.derived("outside");

        // when they arrive
        broker.send(
                codec.encode(first(unsigned, request(folder.resolve("allowed/unsigned"), "lab", ALL_THERE))),
                signed(elsewhere, request(folder.resolve("allowed/elsewhere"), "moon", ALL_THERE)),
                signed(refused, request(folder.resolve("outside"), "lab", ALL_THERE)));

        // then the one behind them is answered, the unsigned one is a dead letter, and nothing was written
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(refused));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(failed.failure().hint()).contains("HOLDFAST_RESTORE_DIRECTORIES");
        assertThat(failed.attempts()).isEqualTo(1);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(broker.records(Topic.DEAD_LETTERS.topicName()))
                        .anySatisfy(letter -> assertThat(letter.headers()).containsValue("refused: not signed")));
        assertThat(events(RestoreStarted.class).map(RestoreStarted::restoreId))
                .doesNotContain(RestoreId.of(unsigned), RestoreId.of(elsewhere));
        assertThat(folder.resolve("allowed/unsigned")).doesNotExist();
        assertThat(folder.resolve("outside")).doesNotExist();
    }

    @Test
    void a_backup_without_encryption_in_a_repository_that_encrypts_is_restored_only_where_that_is_accepted() {
        // given a definition that asks for encryption, of the repository with an unencrypted backup
        RepositoryId encrypting = new RepositoryId("encrypting");
        RepositoryDefined.Encryption encryption = new RepositoryDefined.Encryption(
                List.of("env:PUBLIC"), List.of(), null, "file:" + folder.resolve("passphrase"), "env:INDEX");
        broker.send(signed(
                EventId.derived("encrypting"),
                new RepositoryDefined(
                        encrypting, 1, "file://" + folder.resolve("repository"), null, null, null, encryption)));
        EventId refused = EventId.derived("unencrypted");
        EventId accepted = EventId.derived("unencrypted, accepted");

        // when it is asked for, and then with that accepted
        broker.send(
                signed(refused, from(encrypting, folder.resolve("allowed/unencrypted"), null)),
                signed(accepted, from(encrypting, folder.resolve("allowed/accepted"), true)));

        // then
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(refused));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(failed.failure().message()).contains("is not encrypted");
        assertThat(failed.failure().hint()).contains("--accept-unencrypted");
        assertThat(folder.resolve("allowed/unencrypted")).doesNotExist();
        awaitEvent(RestoreCompleted.class, is(accepted));
        assertThat(folder.resolve("allowed/accepted/PG_VERSION")).exists();
    }

    private RestoreRequested from(RepositoryId repository, Path into, @Nullable Boolean acceptUnencrypted) {
        RestoreRequested like = request(into, "lab", ALL_THERE);
        return new RestoreRequested(
                like.target(),
                like.backupId(),
                like.kind(),
                repository,
                like.manifest(),
                like.site(),
                like.destination(),
                like.checks(),
                false,
                like.reason(),
                like.requestedBy(),
                acceptUnencrypted,
                like.recoveryTarget(),
                null,
                null,
                null);
    }

    @Test
    void a_cancelled_restore_leaves_nothing_behind() {
        // given a restore that is at its checks, one of which takes for ever
        EventId id = EventId.derived("cancelled");
        Path into = folder.resolve("allowed/cancelled");
        broker.send(signed(id, request(into, "lab", new SqlCheck("sleep", null, "select pg_sleep(3600)", null))));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> progress()
                        .anyMatch(each ->
                                each.request().equals(id) && each.phase().equals("check")));

        // when somebody cancels it
        broker.send(
                signed(EventId.derived("cancellation"), new CancellationRequested(ORDERS, id, "wrong backup", "ops")));

        // then it is said to be cancelled, and what it had written is gone
        RestoreCancelled cancelled =
                awaitEvent(RestoreCancelled.class, event -> RestoreId.of(id).equals(event.restoreId()));
        assertThat(cancelled.cancelledBy()).isEqualTo("ops");
        assertThat(into).doesNotExist();
        assertThat(into.resolveSibling(".cancelled.holdfast-restore")).doesNotExist();
        assertThat(into.resolveSibling(".cancelled.holdfast-lock")).doesNotExist();
    }
}
