package io.holdfast.backup.gap;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.job.ControlPlane;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.Reach;
import io.holdfast.repository.window.WalTime;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases with a short interval, and what else the watch tells. */
@QuarkusTest
@TestProfile(GapWatchProfile.class)
class GapWatchTest extends GapWatchCases {
    @Test
    void what_a_server_archives_is_told_with_the_time_up_to_which_nothing_is_missing() throws Exception {
        List<WalTime> known = new ArrayList<>();
        ControlPlane.await(() -> {
            server.fill(1);
            known.add(serverNow());
            return heard(WalArchived.class).stream()
                    .anyMatch(
                            it -> !it.archivedUntil().isBefore(known.getFirst().time()));
        });

        for (WalArchived archived : heard(WalArchived.class)) {
            assertThat(archived.systemIdentifier()).isEqualTo(cluster());
            assertThat(archived.timeline()).isEqualTo(1);
            assertThat(archived.bytes()).isEqualTo(Lsn.parse(archived.toLsn()).minus(Lsn.parse(archived.fromLsn())));
            // Whatever the server had written by then is there.
            assertThat(known)
                    .filteredOn(it -> !it.time().isAfter(archived.archivedUntil()))
                    .allSatisfy(it -> assertThat(it.lsn()).isLessThanOrEqualTo(Lsn.parse(archived.toLsn())));
        }
        Instant last = heard(WalArchived.class).getLast().archivedUntil();
        assertThat(window().sampledUntil(1).orElseThrow()).isAfterOrEqualTo(last);
        assertThat(window().reach(1, last))
                .isInstanceOfSatisfying(
                        Reach.Reachable.class, it -> assertThat(it.sampled()).isTrue());
        assertThat(heard(WalGapDetected.class)).isEmpty();
    }

    /** Where the log is, and then the time. */
    private WalTime serverNow() {
        Lsn lsn = Lsn.parse(server.postgres().query("postgres", "select pg_current_wal_flush_lsn()"));
        String micros =
                server.postgres().query("postgres", "select (extract(epoch from clock_timestamp()) * 1000000)::bigint");
        return new WalTime(Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS), lsn);
    }
}
