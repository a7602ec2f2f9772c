package io.holdfast.notifier.route;

import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Contact;
import io.holdfast.events.definition.NotificationsDefined.Route;
import io.holdfast.notifier.incident.Notice.About;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which route an alert takes, and where it is on it. Pure. */
public final class Routes {

    private Routes() {}

    /**
     * Who is told next.
     *
     * @param tell   words of the route
     * @param step   how many further contacts were told then, those that were passed over among them
     * @param after  how long after this the next ones are told; empty: nobody is left
     */
    public record Next(List<String> tell, int step, Optional<Duration> after) {}

    /** The first route that fits; empty where none does: then everybody is told. */
    public static Optional<Route> of(NotificationsDefined definition, About about) {
        List<Route> routes = definition.routes() == null ? List.of() : definition.routes();
        return routes.stream().filter(route -> fits(route, about)).findFirst();
    }

    private static boolean fits(Route route, About about) {
        return any(route.levels(), about.level().wireName())
                && any(route.kinds(), about.kind())
                && any(
                        route.targets(),
                        about.target() == null ? null : about.target().value());
    }

    private static boolean any(@Nullable List<String> wanted, @Nullable String found) {
        return wanted == null || (found != null && wanted.contains(found));
    }

    /** Until when an alert is held back; empty: it is told now. Only warnings ever wait. */
    public static Optional<Instant> quietUntil(Route route, About about, Instant now) {
        return about.level() != AlertLevel.WARNING || route.quiet() == null
                ? Optional.empty()
                : HoursOfDay.of(route.quiet())
                        .filter(quiet -> quiet.contain(now))
                        .map(quiet -> quiet.end(now));
    }

    /** How long after the first the next contact of a route is told, if there is one. */
    public static Optional<Duration> firstWait(Route route) {
        return wait(contacts(route), 0);
    }

    /** When what is open is told again, if ever. */
    public static Optional<Duration> repeat(Route route) {
        return Optional.ofNullable(route.repeatSeconds()).map(Duration::ofSeconds);
    }

    /**
     * Who is told after so many further contacts were. One who cannot be told at this hour is passed over, but for the last:
     * rather is somebody woken than nobody told.
     */
    public static Optional<Next> next(Route route, int step, Instant now) {
        List<Contact> contacts = contacts(route);
        int at = step;
        while (at < contacts.size() - 1 && !reachable(contacts.get(at), now)) {
            at++;
        }
        return at >= contacts.size()
                ? Optional.empty()
                : Optional.of(new Next(contacts.get(at).tell(), at + 1, wait(contacts, at + 1)));
    }

    private static boolean reachable(Contact contact, Instant now) {
        return contact.hours() == null
                || HoursOfDay.of(contact.hours())
                        .map(hours -> hours.contain(now))
                        .orElse(true);
    }

    private static Optional<Duration> wait(List<Contact> contacts, int step) {
        return step < contacts.size()
                ? Optional.of(Duration.ofSeconds(contacts.get(step).afterSeconds()))
                : Optional.empty();
    }

    private static List<Contact> contacts(Route route) {
        return route.escalate() == null ? List.of() : route.escalate();
    }
}
