package io.holdfast.restore.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.EventId;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.restore.RestoreStarted;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whose jobs a worker does, and when it is too late. */
@QuarkusTest
@TestProfile(RestoreProfile.class)
class RestoreSiteTest extends RestoreWorkerTest {
    @Test
    void a_job_of_another_site_on_the_same_database_is_left_to_that_sites_workers() {
        // given another site's worker took a request in, into the database that is ours as well
        EventId theirs = EventId.derived("theirs");
        Path into = folder.resolve("allowed/theirs");
        submit(new SiteName("moon"), first(theirs, request(into, "moon", ALL_THERE)));

        // when our worker has done a job that came after it
        EventId ours = EventId.derived("ours");
        broker.send(signed(ours, request(folder.resolve("allowed/ours"), "lab", ALL_THERE)));
        awaitEvent(RestoreCompleted.class, is(ours));

        // then the other one waits still
        assertThat(RestoreJobs.kindAt(new SiteName("moon")).name())
                .isNotEqualTo(RestoreJobs.kindAt(new SiteName("lab")).name());
        assertThat(events(RestoreStarted.class).map(RestoreStarted::restoreId)).doesNotContain(RestoreId.of(theirs));
        assertThat(into).doesNotExist();
    }

    @Test
    void a_job_that_is_not_this_sites_fails_before_anything_is_written() {
        // given a request for another site among our jobs
        EventId id = EventId.derived("astray");
        Path into = folder.resolve("allowed/astray");

        // when it is picked
        submit(new SiteName("lab"), first(id, request(into, "moon", ALL_THERE)));

        // then it fails, for a reason that does not pass
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(id));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(failed.failure().message()).contains("moon").contains("lab");
        assertThat(failed.attempts()).isEqualTo(1);
    }

    @Test
    void of_a_request_that_came_too_late_its_own_site_says_that_it_failed() {
        // given two requests that the control plane signed, and that have expired, the second for this site
        EventId elsewhere = EventId.derived("late elsewhere");
        EventId here = EventId.derived("late here");
        Path into = folder.resolve("allowed/late");

        // when they arrive
        broker.send(
                controlPlane.sign(codec.encode(first(elsewhere, request(into, "moon", null))), Duration.ofMinutes(-1)),
                controlPlane.sign(codec.encode(first(here, request(into, "lab", null))), Duration.ofMinutes(-1)));

        // then whoever waits learns that it will not happen
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(here));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(failed.failure().hint()).startsWith("Ask again");
        assertThat(failed.attempts()).isZero();
        assertThat(events(RestoreFailed.class).filter(is(elsewhere))).isEmpty();
        assertThat(into).doesNotExist();
    }
}
