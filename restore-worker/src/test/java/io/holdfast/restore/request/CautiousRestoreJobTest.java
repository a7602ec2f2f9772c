package io.holdfast.restore.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestorePlanned;
import io.holdfast.events.restore.RestoreStarted;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What restores look at, and keep, before they touch anything. */
@QuarkusTest
@TestProfile(RestoreProfile.class)
class CautiousRestoreJobTest extends RestoreWorkerTest {
    @Test
    void a_dry_run_says_what_would_be_done_and_changes_nothing() {
        // given one into a fresh directory, one into one that is in use, and one of a backup that is not there
        EventId planned = EventId.derived("planned");
        EventId occupied = EventId.derived("occupied");
        EventId absent = EventId.derived("absent");
        Path into = folder.resolve("allowed/planned");

        // when they arrive
        broker.send(
                signed(planned, looking(BACKUP, into)),
                signed(occupied, looking(BACKUP, folder.resolve("allowed"))),
                signed(absent, looking(BackupId.of("00000000-0000-7000-8000-0000000000b9"), into)));

        // then each is answered, with a plan or with what it would be refused for
        RestorePlanned plan = awaitEvent(RestorePlanned.class, is(planned));
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.plan())
                .isNotNull()
                .extracting(RestorePlanned.Plan::directory)
                .isEqualTo(into.toString());
        RestorePlanned refused = awaitEvent(RestorePlanned.class, is(occupied));
        assertThat(refused.refusals())
                .singleElement()
                .satisfies(failure -> assertThat(failure.category()).isEqualTo(FailureCategory.DESTINATION));
        RestorePlanned impossible = awaitEvent(RestorePlanned.class, is(absent));
        assertThat(impossible.plan()).isNull();
        assertThat(impossible.refusals())
                .singleElement()
                .satisfies(failure -> assertThat(failure.category()).isEqualTo(FailureCategory.BACKUP_NOT_FOUND));
        assertThat(events(RestoreStarted.class).map(RestoreStarted::restoreId))
                .doesNotContain(RestoreId.of(planned), RestoreId.of(occupied), RestoreId.of(absent));
        assertThat(into).doesNotExist();
    }

    @Test
    void what_is_needed_is_read_before_anything_is_touched_where_that_is_wanted() {
        EventId id = EventId.derived("verified first");
        RestoreRequested like = request(folder.resolve("allowed/verified"), "lab", ALL_THERE);

        broker.send(signed(id, with(like, like.backupId(), null, true)));

        assertThat(awaitEvent(RestoreCompleted.class, is(id)).phases())
                .extracting(RestoreCompleted.Phase::name)
                .containsExactly("verify", "fetch", "start", "recover", "check", "stop");
    }

    @Test
    void what_lies_there_is_kept_where_that_is_wanted_and_told() {
        // given a cluster that was restored before
        Path into = folder.resolve("allowed/kept");
        EventId first = EventId.derived("to be kept");
        broker.send(signed(first, request(into, "lab", ALL_THERE)));
        awaitEvent(RestoreCompleted.class, is(first));

        // when it is restored over, without keeping it, and with
        EventId over = EventId.derived("over it");
        broker.send(signed(over, over(into, null)));
        RestoreCompleted overwritten = awaitEvent(RestoreCompleted.class, is(over));
        EventId keeping = EventId.derived("keeping it");
        broker.send(signed(keeping, over(into, true)));
        RestoreCompleted kept = awaitEvent(RestoreCompleted.class, is(keeping));

        // then
        assertThat(overwritten.keptAside()).isNull();
        assertThat(overwritten.warnings()).singleElement().asString().contains("nothing of it is kept");
        String beside = into + ".before-" + RestoreId.of(keeping);
        assertThat(kept.keptAside()).containsExactly(beside);
        assertThat(kept.warnings()).isNull();
        assertThat(Path.of(beside, "global/pg_control")).isRegularFile();
        assertThat(folder.resolve("allowed/kept.restore-report.json")).content().contains(beside);
    }

    private RestoreRequested over(Path into, @Nullable Boolean safetyBackup) {
        RestoreRequested like = request(into, "lab", ALL_THERE);
        return new RestoreRequested(
                like.target(),
                like.backupId(),
                like.kind(),
                like.repository(),
                like.manifest(),
                like.site(),
                new RestoreDestination.Directory(into.toString(), false, null, null, true, null, safetyBackup),
                like.checks(),
                false,
                like.reason(),
                like.requestedBy());
    }

    private RestoreRequested looking(BackupId backup, Path into) {
        return with(request(into, "lab", ALL_THERE), backup, true, null);
    }

    private static RestoreRequested with(
            RestoreRequested like, BackupId backup, @Nullable Boolean dryRun, @Nullable Boolean verifyFirst) {
        return new RestoreRequested(
                like.target(),
                backup,
                like.kind(),
                like.repository(),
                like.manifest(),
                like.site(),
                like.destination(),
                like.checks(),
                false,
                like.reason(),
                like.requestedBy(),
                null,
                null,
                dryRun,
                verifyFirst,
                null);
    }
}
