package io.holdfast.restore.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.EventId;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RestoreHooks;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreFailed;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Restores with programs of the host around them. */
@QuarkusTest
@TestProfile(RestoreProfile.class)
class HookedRestoreJobTest extends RestoreWorkerTest {
    @Test
    void hooks_run_around_a_restore_and_are_told() throws IOException {
        // given services that one hook stops and another starts
        Path noted = folder.resolve("noted-around");
        hook(
                "stop-app",
                "echo \"$HOLDFAST_HOOK $HOLDFAST_TARGET $(ls -d $HOLDFAST_DIRECTORY/PG_VERSION 2>&1 >&-)\" >> "
                        + noted);
        hook(
                "start-app",
                "echo \"$HOLDFAST_HOOK $HOLDFAST_OUTCOME $(cat $HOLDFAST_DIRECTORY/PG_VERSION)\" >> " + noted);
        EventId id = EventId.derived("hooked");
        Path into = folder.resolve("allowed/hooked");

        broker.send(signed(id, hooked(into, List.of("stop-app"), List.of("start-app"))));

        // then one ran before anything was there, the other when all was
        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        assertThat(Files.readAllLines(noted)).hasSize(2).satisfies(lines -> {
            assertThat(lines.getFirst()).startsWith("before orders").contains("No such file");
            assertThat(lines.getLast()).isEqualTo("after completed 17");
        });
        assertThat(completed.phases())
                .extracting(RestoreCompleted.Phase::name)
                .containsExactly("before", "fetch", "start", "recover", "check", "stop", "after");
        assertThat(completed.checks())
                .contains(
                        new RestoreCompleted.CheckResult("hook stop-app", null, "exit code 0", null),
                        new RestoreCompleted.CheckResult("hook start-app", null, "exit code 0", null));
        assertThat(completed.warnings()).isNull();
    }

    @Test
    void a_hook_that_fails_after_a_restore_that_is_done_is_a_warning() throws IOException {
        hook("start-nothing", "echo 'no such unit'; exit 5");
        EventId id = EventId.derived("hook that fails after");
        Path into = folder.resolve("allowed/fails-after");

        broker.send(signed(id, hooked(into, List.of(), List.of("start-nothing"))));

        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        assertThat(completed.warnings()).containsExactly("the hook start-nothing failed: exit code 5: no such unit");
        assertThat(folder.resolve("allowed/fails-after.restore-report.json"))
                .content()
                .contains("\"hook start-nothing\"", "no such unit");
    }

    @Test
    void a_hook_that_fails_before_a_restore_ends_it_with_nothing_touched_and_those_after_run() throws IOException {
        Path noted = folder.resolve("noted-refusing");
        hook("refuse", "echo 'people are still working'; exit 9");
        hook("start-again", "echo \"$HOLDFAST_HOOK $HOLDFAST_OUTCOME\" >> " + noted);
        EventId id = EventId.derived("refused by a hook");
        Path into = folder.resolve("allowed/refused-by-a-hook");

        broker.send(signed(id, hooked(into, List.of("refuse"), List.of("start-again"))));

        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(id));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(failed.failure().message()).contains("refuse", "exit code 9", "people are still working");
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(into).doesNotExist();
        assertThat(Files.readAllLines(noted)).containsExactly("after failed");
        assertThat(folder.resolve("work/hooks")).isEmptyDirectory();
    }

    @Test
    void a_hook_that_is_not_there_is_refused_and_no_other_runs() throws IOException {
        Path noted = folder.resolve("noted-absent");
        hook("note", "echo ran >> " + noted);
        EventId id = EventId.derived("absent hook");

        broker.send(
                signed(id, hooked(folder.resolve("allowed/absent-hook"), List.of("note", "absent"), List.of("note"))));

        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(id));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(failed.failure().message()).contains("absent");
        assertThat(noted).doesNotExist();
    }

    private RestoreRequested hooked(Path into, List<String> before, List<String> after) {
        RestoreRequested like = request(into, "lab", ALL_THERE);
        return new RestoreRequested(
                like.target(),
                like.backupId(),
                like.kind(),
                like.repository(),
                like.manifest(),
                like.site(),
                like.destination(),
                like.checks(),
                false,
                null,
                null,
                null,
                null,
                null,
                null,
                new RestoreHooks(before, after));
    }
}
