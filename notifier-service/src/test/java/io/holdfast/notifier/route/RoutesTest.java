package io.holdfast.notifier.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Contact;
import io.holdfast.events.definition.NotificationsDefined.Hours;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.notifier.incident.Notice.About;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutesTest {

    private static final Hours NIGHT = new Hours("22:00", "07:00", "Europe/Zurich");
    private static final Hours DAY = new Hours("07:00", "22:00", "Europe/Zurich");
    private static final Instant MIDNIGHT = Instant.parse("2026-11-20T23:00:00Z");
    private static final Instant NOON = Instant.parse("2026-11-20T11:00:00Z");

    @Test
    void the_first_route_that_fits_counts() {
        Route orders = route(List.of("critical"), null, List.of("orders"), "duty");
        Route log = route(null, List.of("wal_gap"), null, "dba");
        NotificationsDefined definition =
                new NotificationsDefined(1, null, null, null, null, null, List.of(orders, log));

        assertThat(Routes.of(definition, about(AlertLevel.CRITICAL, "wal_gap", "orders")))
                .contains(orders);
        assertThat(Routes.of(definition, about(AlertLevel.WARNING, "wal_gap", "orders")))
                .contains(log);
        assertThat(Routes.of(definition, about(AlertLevel.CRITICAL, "disk_full", null)))
                .isEmpty();
    }

    @Test
    void only_warnings_wait_for_the_end_of_quiet_hours() {
        Route quiet = new Route(null, null, null, List.of("ops"), null, NIGHT, null);

        assertThat(Routes.quietUntil(quiet, about(AlertLevel.WARNING, "x", null), MIDNIGHT))
                .contains(Instant.parse("2026-11-21T06:00:00Z"));
        assertThat(Routes.quietUntil(quiet, about(AlertLevel.WARNING, "x", null), NOON))
                .isEmpty();
        assertThat(Routes.quietUntil(quiet, about(AlertLevel.CRITICAL, "x", null), MIDNIGHT))
                .isEmpty();
    }

    @Test
    void hours_follow_the_clocks_of_the_place_also_when_they_change() {
        Route quiet = new Route(null, null, null, List.of("ops"), null, NIGHT, null);
        Instant beforeTheChange = Instant.parse("2026-10-24T21:00:00Z");

        assertThat(Routes.quietUntil(quiet, about(AlertLevel.WARNING, "x", null), beforeTheChange))
                .contains(Instant.parse("2026-10-25T06:00:00Z"));
    }

    @Test
    void who_cannot_be_told_at_this_hour_is_passed_over_but_for_the_last() {
        Route route = new Route(
                null,
                null,
                null,
                List.of("ops"),
                List.of(new Contact(List.of("anna"), 900, DAY), new Contact(List.of("ben"), 1800, DAY)),
                null,
                null);

        assertThat(Routes.firstWait(route)).contains(Duration.ofMinutes(15));
        assertThat(Routes.next(route, 0, NOON))
                .contains(new Routes.Next(List.of("anna"), 1, Optional.of(Duration.ofMinutes(30))));
        assertThat(Routes.next(route, 0, MIDNIGHT)).contains(new Routes.Next(List.of("ben"), 2, Optional.empty()));
        assertThat(Routes.next(route, 2, NOON)).isEmpty();
    }

    private static Route route(
            @Nullable List<String> levels, @Nullable List<String> kinds, @Nullable List<String> targets, String tell) {
        return new Route(levels, kinds, targets, List.of(tell), null, null, null);
    }

    private static About about(AlertLevel level, String kind, @Nullable String target) {
        return new About("key", kind, level, target == null ? null : new TargetId(target), null, null);
    }
}
