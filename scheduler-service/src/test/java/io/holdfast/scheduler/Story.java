package io.holdfast.scheduler;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.progress.Work;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.Damage;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What workers say of one backup. */
public record Story(EventId request, TargetId target, BackupKind kind) {

    private static final EventCodec CODEC = new EventCodec();
    private static final RepositoryId MAIN = new RepositoryId("main");
    private static final Instant ASKED = Instant.parse("2026-11-20T02:00:00Z");

    public static Story of(String target, String kind) {
        return new Story(new EventId(UUID.randomUUID().toString()), new TargetId(target), BackupKind.of(kind));
    }

    public BackupId backupId() {
        return BackupId.of(request);
    }

    public WireEvent requested() {
        return say(request.value(), 0, new BackupRequested(target, kind, "because", "ci", null));
    }

    /** The request's id again, with another reason and time. */
    public WireEvent requested(String reason, Instant time) {
        return CODEC.encode(Event.first(
                request, "/test/2", time, new BackupRequested(target, kind, reason, "somebody else", null)));
    }

    /** The first attempt, where the request correlates with something of its sender's. */
    public WireEvent startedOf(String correlation) {
        return CODEC.encode(new Event<>(
                EventId.derived(request.value(), "started of"),
                "/test/1",
                at(60),
                new EventId(correlation),
                request,
                null,
                new BackupStarted(backupId(), target, kind, MAIN, at(60), 1, "worker-1", "because", "ci")));
    }

    public WireEvent started(int attempt) {
        return say(
                "started " + attempt,
                60L * attempt,
                new BackupStarted(
                        backupId(),
                        target,
                        kind,
                        MAIN,
                        at(60L * attempt),
                        attempt,
                        "worker-" + attempt,
                        "because",
                        "ci"));
    }

    public WireEvent progressed(long done, long total) {
        Instant now = Instant.now();
        return say(
                "progress " + done,
                61,
                new JobProgressed(request, target, Work.BACKUP, "read", done, total, 10, 50L, now, "worker-1"));
    }

    public WireEvent completed() {
        return completedIn(MAIN, 300);
    }

    /** In a repository, so many seconds after it was asked for. */
    public WireEvent completedIn(RepositoryId repository, int seconds) {
        return say(
                "completed",
                seconds,
                new BackupCompleted(
                        backupId(),
                        target,
                        kind,
                        repository,
                        "orders/1/manifest",
                        4096,
                        1024,
                        at(60),
                        at(seconds),
                        1,
                        "0/2000028",
                        "0/2000100",
                        "7000000000000000001",
                        "17.11",
                        null,
                        null,
                        null,
                        null,
                        null,
                        "because",
                        "ci",
                        true));
    }

    public WireEvent failed() {
        Failure failure = new Failure(FailureCategory.AUTHENTICATION, "password refused", "look at the password");
        return say(
                "failed",
                300,
                new BackupFailed(backupId(), target, kind, MAIN, at(60), at(300), 1, failure, "because", "ci"));
    }

    public WireEvent cancelled() {
        return say("cancelled", 200, new BackupCancelled(backupId(), target, kind, at(200), "ops", "no need", null));
    }

    public WireEvent verified() {
        return say(
                "verified",
                420,
                new BackupVerified(backupId(), target, MAIN, VerificationLevel.STRUCTURE, 1024, 7, at(360), at(420)));
    }

    public WireEvent damaged() {
        Failure failure = new Failure(FailureCategory.REPOSITORY_DAMAGED, "one pack is damaged", "restore from a copy");
        return say(
                "damaged",
                520,
                new VerificationFailed(
                        backupId(),
                        target,
                        MAIN,
                        at(460),
                        at(520),
                        failure,
                        List.of(new Damage("orders/1/pack-1", "base/1/1259", "digest differs")),
                        1,
                        VerificationLevel.STRUCTURE));
    }

    /** Read back up to a level, after {@link #damaged} or {@link #unread}. */
    public WireEvent verifiedAgain(VerificationLevel level) {
        return say(
                "verified again " + level,
                620,
                new BackupVerified(backupId(), target, MAIN, level, 1024, 7, at(560), at(620)));
    }

    /** Could not be read back, after {@link #verifiedAgain}. */
    public WireEvent unreadAgain() {
        Failure failure = new Failure(FailureCategory.REPOSITORY_UNAVAILABLE, "no answer", "look at the repository");
        return say(
                "unread again",
                720,
                new VerificationFailed(backupId(), target, MAIN, at(660), at(720), failure, List.of(), 0, null));
    }

    public WireEvent unread() {
        Failure failure = new Failure(FailureCategory.REPOSITORY_UNAVAILABLE, "no answer", "look at the repository");
        return say(
                "unread",
                520,
                new VerificationFailed(backupId(), target, MAIN, at(460), at(520), failure, List.of(), 0, null));
    }

    private WireEvent say(String id, long seconds, EventData data) {
        EventId event = id.equals(request.value()) ? request : EventId.derived(request.value(), id);
        return CODEC.encode(new Event<>(event, "/test/1", at(seconds), request, null, null, data));
    }

    private static Instant at(long seconds) {
        return ASKED.plusSeconds(seconds);
    }
}
