package io.holdfast.scheduler.configuration;

import io.holdfast.events.TargetId;
import io.holdfast.events.definition.NotificationsDefined.Contact;
import io.holdfast.events.definition.NotificationsDefined.Hours;
import io.holdfast.events.definition.NotificationsDefined.Route;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code notifications.routes}. */
final class RouteReader {

    static final List<String> KEYS = List.of("levels", "kinds", "targets", "tell", "escalate", "quiet", "repeat");
    static final List<String> CONTACT_KEYS = List.of("after", "tell", "hours");
    private static final List<String> LEVELS = List.of("warning", "critical");
    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,5})(s|m|h|d)");
    private static final Pattern HOURS =
            Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])");
    private static final String TIME_HINT = "write a time such as 30s, 15m, 4h or 1d";
    private static final String HOURS_HINT = "write hours such as \"22:00-07:00\", in quotes";

    private final Set<String> names;
    private final Set<TargetId> targets;
    private final String zone;

    private RouteReader(Set<String> names, Set<TargetId> targets, String zone) {
        this.names = names;
        this.targets = targets;
        this.zone = zone;
    }

    /** Null where there are none. */
    static @Nullable List<Route> read(Section notifications, Set<String> names, Set<TargetId> targets) {
        ZoneId zone = notifications.read(
                "time_zone",
                notifications.text("time_zone"),
                TargetReader::zone,
                "use a name of the IANA time zone database, such as UTC or Europe/Zurich");
        RouteReader reader = new RouteReader(names, targets, zone == null ? "UTC" : zone.getId());
        List<Route> routes = new ArrayList<>();
        for (Section each : notifications.sections("routes", KEYS)) {
            routes.add(reader.route(each));
        }
        return routes.isEmpty() ? null : routes;
    }

    private Route route(Section section) {
        List<String> levels = section.texts(
                "levels",
                text -> LEVELS.contains(text) ? Optional.empty() : Optional.of("knows no such level"),
                "use warning, critical, or both");
        List<String> kinds = section.texts(
                "kinds",
                text -> KIND.matcher(text).matches() ? Optional.empty() : Optional.of("cannot be a kind of alert"),
                "docs/notifications.md lists them");
        List<String> chosen = section.texts("targets", this::unknownTarget, "name targets of this file");
        List<Contact> contacts = new ArrayList<>();
        for (Section each : section.sections("escalate", CONTACT_KEYS)) {
            Duration after = each.read("after", each.requiredText("after", TIME_HINT), RouteReader::time, TIME_HINT);
            contacts.add(new Contact(tell(each), after == null ? 1 : after.toSeconds(), hours(each, "hours")));
        }
        Duration repeat = section.read("repeat", section.text("repeat"), RouteReader::time, TIME_HINT);
        return new Route(
                levels.isEmpty() ? null : levels,
                kinds.isEmpty() ? null : kinds,
                chosen.isEmpty() ? null : chosen,
                tell(section),
                contacts.isEmpty() ? null : contacts,
                hours(section, "quiet"),
                repeat == null ? null : repeat.toSeconds());
    }

    private List<String> tell(Section section) {
        List<String> tell = section.texts("tell", this::unknownReceiver, known());
        if (tell.isEmpty()) {
            section.problems().add(section.where("tell"), section.path("tell") + " names nobody", known());
        }
        return tell;
    }

    private Optional<String> unknownReceiver(String word) {
        if (names.contains(word)) {
            return Optional.empty();
        }
        if (!word.contains("@")) {
            return Optional.of("does not know `" + Section.shortened(word) + "`");
        }
        if (!names.contains(NotificationsReader.EMAIL)) {
            return Optional.of("names a mail address, but no mail server is defined in notifications.email");
        }
        return EmailReader.isAddress(word) ? Optional.empty() : Optional.of("is not a mail address");
    }

    private String known() {
        return "name channels of notifications, or mail addresses; known: " + String.join(", ", names);
    }

    private Optional<String> unknownTarget(String name) {
        Set<String> known = targets.stream().map(TargetId::value).collect(Collectors.toSet());
        return known.contains(name)
                ? Optional.empty()
                : Optional.of("knows no target `" + Section.shortened(name) + "`");
    }

    private @Nullable Hours hours(Section section, String key) {
        return section.read(key, section.text(key), this::partOfDay, HOURS_HINT);
    }

    private Hours partOfDay(String text) {
        Matcher found = HOURS.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException("is no part of a day");
        }
        String[] ends = text.split("-", 2);
        return new Hours(
                LocalTime.parse(ends[0]).toString(), LocalTime.parse(ends[1]).toString(), zone);
    }

    private static Duration time(String text) {
        Matcher found = TIME.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException("is not a time");
        }
        long amount = Long.parseLong(found.group(1));
        return switch (found.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
