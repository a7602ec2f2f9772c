package io.holdfast.repository.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.wal.Lsn;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class RecoveryWindowPropertyTest {
    @Property(tries = 2000)
    void what_is_said_to_be_reachable_is_what_recovery_would_read(@ForAll long seed) throws Exception {
        WindowSimulation cluster = new WindowSimulation(seed);
        RecoveryWindow window = cluster.window();

        for (TimelineAncestry ancestry : cluster.ancestries) {
            int timeline = ancestry.timeline();
            for (long unit = 0; unit < cluster.units(); unit++) {
                Lsn lsn = new Lsn(unit * WindowSimulation.UNIT);
                Optional<WindowBase> expected = cluster.recover(timeline, unit);
                Optional<WindowBase> found = switch (window.reach(timeline, lsn)) {
                    case Reach.Reachable reachable -> Optional.of(reachable.base());
                    case Reach.Outside ignored -> Optional.empty();
                };
                assertThat(found.map(it -> it.wal().stopLsn()))
                        .as("%s on the way to %d, seed %d", lsn, timeline, seed)
                        .isEqualTo(expected.map(it -> it.wal().stopLsn()));
            }
        }
    }

    @Property(tries = 500)
    void stretches_are_exactly_what_can_be_reached_and_holes_lie_between(@ForAll long seed) throws Exception {
        WindowSimulation cluster = new WindowSimulation(seed);
        RecoveryWindow window = cluster.window();

        for (int timeline : window.timelines()) {
            List<Stretch> stretches = window.stretches(timeline);
            List<Hole> holes = window.holes(timeline);
            for (long unit = 0; unit < cluster.units(); unit++) {
                Lsn lsn = new Lsn(unit * WindowSimulation.UNIT);
                boolean within = stretches.stream()
                        .anyMatch(it -> it.from().lsn().compareTo(lsn) <= 0
                                && it.to().lsn().compareTo(lsn) >= 0);
                assertThat(window.reach(timeline, lsn) instanceof Reach.Reachable)
                        .isEqualTo(within);
            }
            assertThat(holes).extracting(Hole::firstMissing).doesNotHaveDuplicates();
            assertThat(holes.stream().filter(it -> it.healedBy().isPresent()))
                    .hasSize(Math.max(0, stretches.size() - 1));
            for (int i = 0; i + 1 < stretches.size(); i++) {
                assertThat(stretches.get(i).to().lsn())
                        .isLessThan(stretches.get(i + 1).from().lsn());
                assertThat(holes.get(i).from()).isEqualTo(stretches.get(i).to().lsn());
                assertThat(holes.get(i).healedBy())
                        .contains(stretches.get(i + 1).base());
            }
        }
    }

    @Property(tries = 500)
    void the_log_that_is_read_leads_from_the_base_to_the_end_without_a_gap(@ForAll long seed) throws Exception {
        WindowSimulation cluster = new WindowSimulation(seed);
        RecoveryWindow window = cluster.window();

        for (int timeline : window.timelines()) {
            for (Stretch stretch : window.stretches(timeline)) {
                Lsn end = stretch.to().lsn();
                if (window.reach(timeline, end) instanceof Reach.Reachable reachable) {
                    Lsn position = reachable.base().wal().startLsn();
                    for (WalPart part : window.parts(timeline, reachable.base(), end)) {
                        assertThat(part.from()).isEqualTo(position);
                        assertThat(part.to()).isGreaterThan(part.from());
                        position = part.to();
                    }
                    assertThat(position).isEqualTo(end);
                }
            }
        }
    }
}
