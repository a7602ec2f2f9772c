package io.holdfast.restore.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.EventId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Restores that become standbys. */
@QuarkusTest
@TestProfile(RestoreProfile.class)
// The container sets the field.
@SuppressWarnings("NullAway.Init")
class StandbyJobTest extends RestoreWorkerTest {
    @Inject
    StandbyEngine standbys;

    @Test
    void a_standby_is_left_running_and_answered_from_then_on() throws IOException {
        EventId id = EventId.derived("standby");
        Path into = folder.resolve("allowed/standby");
        RestoreRequested like = request(into, "lab", ALL_THERE);

        broker.send(signed(
                id,
                new RestoreRequested(
                        like.target(),
                        like.backupId(),
                        like.kind(),
                        like.repository(),
                        like.manifest(),
                        like.site(),
                        new RestoreDestination.Directory(into.toString(), true, null, null, null, true),
                        like.checks(),
                        false,
                        null,
                        null,
                        null,
                        new RecoveryTarget.Latest(null))));

        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        try {
            assertThat(completed.running()).isTrue();
            assertThat(completed.checks())
                    .contains(
                            new RestoreCompleted.CheckResult("is a standby", "template1", "t", "t"),
                            new RestoreCompleted.CheckResult("all there", "postgres", "100", "100"));
            assertThat(into.resolve("standby.signal")).exists();
            assertThat(standbys.standbys().followed())
                    .anySatisfy(
                            each -> assertThat(each.standby().dataDirectory()).isEqualTo(into.toString()));
        } finally {
            List<String> lock = Files.readAllLines(into.resolve("postmaster.pid"));
            ProcessHandle.of(Long.parseLong(lock.getFirst())).ifPresent(ProcessHandle::destroy);
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(into.resolve("postmaster.pid")).doesNotExist());
    }
}
