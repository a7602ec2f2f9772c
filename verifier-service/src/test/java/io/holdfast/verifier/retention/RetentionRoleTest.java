package io.holdfast.verifier.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.Topic;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.RetentionRules;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.HoldRequested;
import io.holdfast.events.request.RequestData;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.restore.RestoreCancelled;
import io.holdfast.events.restore.RestoreStarted;
import io.holdfast.events.retention.ApprovalAwaited;
import io.holdfast.events.retention.BackupDeleted;
import io.holdfast.events.retention.BackupExpired;
import io.holdfast.events.retention.BackupHeld;
import io.holdfast.events.retention.BackupReleased;
import io.holdfast.events.retention.HoldFailed;
import io.holdfast.events.retention.JudgedBackup;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.retention.RetentionFailed;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.retention.Proof;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.definitions.Definitions;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.Surrounding;
import io.holdfast.verifier.verification.Dumps;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@TestProfile(RoleProfile.class)
class RetentionRoleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final EventCodec codec = new EventCodec();

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    Definitions definitions;

    @Inject
    Proofs proofs;

    @Inject
    RetentionTable table;

    @Inject
    Restorations restorations;

    @TempDir
    Path folder;

    @TempDir
    Path work;

    private KeptBackups backups;

    @BeforeEach
    void makeRepository() throws Exception {
        backups = new KeptBackups(folder, work, proofs);
        define(new RepositoryDefined(
                backups.scope.repository(), 1, folder.toUri().toString()));
    }

    @Test
    void by_its_own_clock_it_removes_what_no_rule_keeps_and_says_so_before_and_after() throws Exception {
        BackupId oldest = backups.verified(10);
        BackupId older = backups.verified(5);
        BackupId last = backups.verified(2);
        BackupId unproven = backups.unverified(1);
        defineTarget(daily(1));

        await().atMost(PATIENCE).until(() -> said(BackupDeleted.class).size() == 2);
        RetentionCompleted completed = await().atMost(PATIENCE)
                .until(() -> said(RetentionCompleted.class), found -> !found.isEmpty())
                .getFirst();

        assertThat(backups.listed()).containsExactlyInAnyOrder(last, unproven);
        assertThat(said(BackupExpired.class))
                .extracting(BackupExpired::backupId)
                .containsExactly(oldest, older);
        assertThat(said(BackupExpired.class))
                .allSatisfy(expired -> assertThat(expired.reason()).contains("no rule"));
        assertThat(said(BackupDeleted.class))
                .extracting(BackupDeleted::backupId)
                .containsExactlyInAnyOrder(oldest, older);
        List<RetentionEvent> all = said(RetentionEvent.class);
        assertThat(all.stream().dropWhile(BackupExpired.class::isInstance))
                .hasSize(all.size() - 2)
                .noneMatch(BackupExpired.class::isInstance);
        assertThat(completed.dryRun()).isFalse();
        assertThat(completed.removed()).isEqualTo(2);
        assertThat(completed.kept()).isEqualTo(2);
        assertThat(completed.objects()).isPositive();
        assertThat(objectsThatName(oldest)).containsExactly("tombstones");
    }

    @Test
    void a_dry_run_says_what_would_go_and_why_and_changes_nothing() throws Exception {
        BackupId old = backups.verified(5);
        BackupId last = backups.verified(2);
        notByTheClock();
        defineTarget(daily(1));
        int objects = objects().size();

        RetentionCompleted completed = completed(ask(run(true, null)));

        assertThat(completed.dryRun()).isTrue();
        assertThat(completed.decisions())
                .extracting(JudgedBackup::backupId, JudgedBackup::verdict)
                .containsExactly(tuple(old, "remove"), tuple(last, "keep"));
        assertThat(completed.decisions().getLast().reasons())
                .anySatisfy(reason -> assertThat(reason).contains("day"));
        assertThat(said(BackupExpired.class)).isEmpty();
        assertThat(objects()).hasSize(objects);
    }

    @Test
    void a_held_backup_stays_until_it_is_released() throws Exception {
        BackupId old = backups.verified(5);
        BackupId last = backups.verified(2);
        notByTheClock();
        defineTarget(daily(1));

        EventId hold = ask(hold(old, false));
        await().atMost(PATIENCE).until(() -> !said(BackupHeld.class).isEmpty());
        RetentionCompleted whileHeld = completed(ask(run(false, null)));

        assertThat(hold).isNotNull();
        assertThat(whileHeld.removed()).isZero();
        assertThat(whileHeld.decisions().stream()
                        .filter(judged -> judged.backupId().equals(old))
                        .flatMap(judged -> judged.reasons().stream()))
                .anySatisfy(reason -> assertThat(reason).contains("court order 4711"));
        assertThat(backups.listed()).containsExactlyInAnyOrder(old, last);

        ask(hold(old, true));
        await().atMost(PATIENCE).until(() -> !said(BackupReleased.class).isEmpty());
        assertThat(completed(ask(run(false, null))).removed()).isEqualTo(1);
        assertThat(backups.listed()).containsExactly(last);

        ask(hold(old, false));
        await().atMost(PATIENCE).until(() -> !said(HoldFailed.class).isEmpty());
        assertThat(said(HoldFailed.class).getFirst().failure().category()).isEqualTo(FailureCategory.BACKUP_NOT_FOUND);
    }

    @Test
    void many_at_once_wait_until_somebody_agrees_to_each_by_name_and_are_asked_for_once() throws Exception {
        List<BackupId> old = new ArrayList<>();
        for (int day = 9; day > 3; day--) {
            old.add(backups.verified(day));
        }
        BackupId last = backups.verified(2);
        notByTheClock();
        defineTarget(daily(1));

        RetentionCompleted first = completed(ask(run(false, null)));
        RetentionCompleted again = completed(ask(run(false, null)));

        assertThat(first.awaitingApproval()).isEqualTo(6);
        assertThat(again.removed()).isZero();
        assertThat(said(ApprovalAwaited.class)).singleElement().satisfies(asked -> {
            assertThat(asked.backups()).containsExactlyElementsOf(old);
            assertThat(asked.reason()).contains("somebody has to agree");
        });
        assertThat(first.decisions())
                .filteredOn(judged -> Boolean.TRUE.equals(judged.awaitsApproval()))
                .hasSize(6);
        assertThat(said(BackupExpired.class)).isEmpty();

        RetentionCompleted agreed = completed(ask(run(false, old.subList(0, 4))));

        assertThat(agreed.removed()).isEqualTo(6);
        assertThat(backups.listed()).containsExactly(last);
    }

    @Test
    void what_the_control_plane_did_not_sign_is_not_done() throws Exception {
        BackupId old = backups.verified(5);
        backups.verified(2);
        notByTheClock();
        defineTarget(daily(1));

        WireEvent forged = codec.encode(event(run(false, null)));
        broker.send(forged);
        await().atMost(PATIENCE)
                .until(() -> broker.records(Topic.DEAD_LETTERS.topicName()).stream()
                        .anyMatch(letter ->
                                letter.headers().containsValue(forged.headers().get(WireEvent.ID))
                                        || new String(letter.data(), StandardCharsets.UTF_8)
                                                .contains(backups.scope.target().value())));

        assertThat(completed(ask(run(true, null))).removed()).isEqualTo(1);
        assertThat(backups.listed()).contains(old);
    }

    @Test
    void a_repository_whose_workers_have_credentials_and_the_role_has_none_is_left_alone() throws Exception {
        RepositoryId other = new RepositoryId("s-" + UUID.randomUUID());
        define(new RepositoryDefined(other, 1, "s3://bucket", "env:KEY", "env:SECRET", null, null));
        defineTarget(daily(1));

        EventId request = ask(new RetentionRequested(backups.scope.target(), other, false, null, null, null));

        RetentionFailed failed = await().atMost(PATIENCE)
                .until(() -> outcomes(request, RetentionFailed.class), found -> !found.isEmpty())
                .getFirst();
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(failed.failure().message()).contains("names no credentials that may delete");
    }

    @Test
    void nothing_goes_while_a_restore_of_the_target_is_under_way() throws Exception {
        BackupId old = backups.verified(5);
        BackupId last = backups.verified(2);
        notByTheClock();
        defineTarget(daily(1));
        EventId request = new EventId(UUID.randomUUID().toString());
        RestoreId restore = RestoreId.of(request);
        SiteName site = new SiteName("local");
        broker.send(codec.encode(of(
                request,
                new RestoreStarted(
                        restore, old, backups.scope.target(), site, Instant.now(), 1, "worker-1", null, null))));
        await().atMost(PATIENCE).until(this::isRestored);

        RetentionCompleted during = completed(ask(run(false, null)));

        assertThat(during.removed()).isZero();
        assertThat(during.waiting()).isEqualTo(1);
        assertThat(during.decisions().getFirst().reasons())
                .singleElement()
                .asString()
                .contains("a restore or drill of its target is under way");
        assertThat(backups.listed()).containsExactlyInAnyOrder(old, last);

        broker.send(codec.encode(of(
                request,
                new RestoreCancelled(restore, old, backups.scope.target(), site, Instant.now(), "anna", null))));
        await().atMost(PATIENCE).until(() -> !isRestored());
        assertThat(completed(ask(run(false, null))).removed()).isEqualTo(1);
        assertThat(backups.listed()).containsExactly(last);
    }

    private boolean isRestored() {
        return Persistence.inTransaction(() -> restorations.areUnderWay(backups.scope.target()));
    }

    private static <D extends EventData> Event<D> of(EventId request, D data) {
        return new Event<>(
                new EventId(UUID.randomUUID().toString()), "/test", Instant.now(), request, request, null, data);
    }

    @Test
    void what_a_verification_shows_is_noted_where_the_plan_reads_it() throws Exception {
        BackupId dump = BackupId.of(UUID.randomUUID().toString());
        BackupId withoutItsLog = backups.unverified(3);
        TargetName target = new TargetName(backups.scope.target().value());
        Dumps.good()
                .store(
                        backups.repository.at(target, Place.LOGICAL),
                        new io.holdfast.repository.BackupId(dump.toString()),
                        work);

        verify(new PlaceLayout(target, Place.LOGICAL), dump);
        verify(new PlaceLayout(target, backups.place().place()), withoutItsLog);

        await().atMost(PATIENCE).until(() -> proof(Place.LOGICAL, dump) instanceof Proof.Verified);
        await().atMost(PATIENCE).until(() -> proof(backups.place().place(), withoutItsLog) instanceof Proof.Damaged);
        // Somebody names another place, where it is not.
        verify(new PlaceLayout(target, new Place("elsewhere")), dump);
        await().atMost(PATIENCE)
                .until(() -> broker.records(Topic.EVENTS.topicName()).stream()
                                .filter(record ->
                                        new String(record.data(), StandardCharsets.UTF_8).contains(dump.toString()))
                                .count()
                        >= 2);
        assertThat(proof(Place.LOGICAL, dump)).isInstanceOf(Proof.Verified.class);
        assertThat(((Proof.Verified) proof(Place.LOGICAL, dump)).since()).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void a_shallow_look_does_not_take_back_what_a_deeper_one_found() throws Exception {
        BackupId backup = backups.verified(3);
        Place place = backups.place().place();
        Proofs.Read read = new Proofs.Read(backups.scope.target(), backups.scope.repository(), place, backup);

        proofs.damaged(read, VerificationLevel.STRUCTURE, Instant.now());
        proofs.whole(read, VerificationLevel.BYTES, Instant.now());
        assertThat(proof(place, backup)).isInstanceOf(Proof.Damaged.class);

        proofs.whole(read, VerificationLevel.STRUCTURE, Instant.now());
        assertThat(proof(place, backup)).isInstanceOf(Proof.Verified.class);
    }

    @Test
    void an_older_definition_that_is_said_again_removes_nothing() {
        String subject = TargetDefined.subjectOf(backups.scope.target());

        assertThat(Persistence.inTransaction(() -> table.isNewest(subject, 3))).isTrue();
        assertThat(Persistence.inTransaction(() -> table.isNewest(subject, 9))).isTrue();
        assertThat(Persistence.inTransaction(() -> table.isNewest(subject, 9))).isTrue();
        assertThat(Persistence.inTransaction(() -> table.isNewest(subject, 3))).isFalse();
    }

    private Proof proof(Place place, BackupId backup) throws InterruptedException {
        return proofs.of(backups.scope).of(place, new io.holdfast.repository.BackupId(backup.toString()));
    }

    private void verify(PlaceLayout layout, BackupId backup) {
        broker.send(codec.encode(event(new VerificationRequested(
                backups.scope.target(),
                backup,
                backups.scope.repository(),
                layout.manifest(new io.holdfast.repository.BackupId(backup.toString()))
                        .value(),
                null,
                "test"))));
    }

    private List<String> objectsThatName(BackupId backup) throws Exception {
        return objects().stream()
                .filter(key -> key.contains(backup.toString()))
                .map(key -> key.split("/", -1)[2])
                .distinct()
                .toList();
    }

    private List<String> objects() throws Exception {
        List<String> keys = new ArrayList<>();
        ObjectStore.Listing listing =
                backups.repository.store().list(backups.scope.target().value() + "/");
        while (listing.hasNext()) {
            keys.add(listing.next().key().value());
        }
        return keys;
    }

    private RetentionRules daily(int days) {
        return new RetentionRules(
                backups.scope.repository(),
                null,
                null,
                days,
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

    private RetentionRequested run(boolean dryRun, @Nullable List<BackupId> approved) {
        return new RetentionRequested(
                backups.scope.target(), backups.scope.repository(), dryRun, approved, "test", "anna");
    }

    private HoldRequested hold(BackupId backup, boolean release) {
        return new HoldRequested(
                backups.scope.target(),
                backups.scope.repository(),
                backup,
                "case-4711",
                release,
                "court order 4711",
                "anna");
    }

    /** As if the clock had asked for a run just now. */
    private void notByTheClock() {
        Instant now = Instant.now();
        Persistence.inTransaction(() -> table.take(backups.scope, now, now));
    }

    private void defineTarget(RetentionRules rules) {
        define(new TargetDefined(
                backups.scope.target(),
                1,
                new PostgresServer("127.0.0.1", 5432, "u", null, "postgres", "prefer", null, null, null, false, null),
                backups.scope.repository(),
                null,
                null,
                null,
                List.of(rules)));
    }

    private void define(Definition definition) {
        broker.send(controlPlane.sign(codec.encode(event(definition)), null));
        await().atMost(PATIENCE).until(() -> definitions.newest().contains(definition));
    }

    private EventId ask(RequestData request) {
        Event<RequestData> event = event(request);
        broker.send(controlPlane.sign(codec.encode(event), Duration.ofMinutes(5)));
        return event.id();
    }

    private RetentionCompleted completed(EventId request) {
        return await().atMost(PATIENCE)
                .until(() -> outcomes(request, RetentionCompleted.class), found -> !found.isEmpty())
                .getFirst();
    }

    private <D extends RetentionEvent> List<D> outcomes(EventId request, Class<D> type) {
        return events().stream()
                .filter(event -> event.correlationId().equals(request))
                .map(Event::data)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private <D extends RetentionEvent> List<D> said(Class<D> type) {
        return events().stream()
                .map(Event::data)
                .filter(type::isInstance)
                .map(type::cast)
                .filter(event -> event.target().equals(backups.scope.target()))
                .toList();
    }

    private List<Event<?>> events() {
        return broker.records(Topic.EVENTS.topicName()).stream()
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .<Event<?>>map(decoded -> ((Decoded.Known) decoded).event())
                .toList();
    }

    private static <D extends EventData> Event<D> event(D data) {
        return Event.first(new EventId(UUID.randomUUID().toString()), "/test", Instant.now(), data);
    }
}
