package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RetentionRules;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what is promised to stay: {@code retention} of a repository, or an entry of a target's. */
final class RetentionReader {

    static final List<String> KEYS = List.of(
            "hourly",
            "daily",
            "weekly",
            "monthly",
            "yearly",
            "count",
            "spacing",
            "age",
            "window",
            "time_zone",
            "youngest",
            "freely",
            "per_run");

    private static final int MOST = 100_000;
    private static final Pattern LENGTH = Pattern.compile("(\\d{1,6}) ?([hdwy])");
    private static final Duration LONGEST = Duration.ofDays(200 * 366);
    private static final String HINT = "write a number with h, d, w or y, such as 36h, 7d, 12w or 7y";

    private RetentionReader() {}

    static RetentionRules read(RepositoryId repository, Section section) {
        ZoneId zone = section.read(
                "time_zone",
                section.text("time_zone"),
                TargetReader::zone,
                "use a name of the IANA time zone database, such as UTC or Europe/Zurich");
        if (section.values().containsKey("spacing") && !section.values().containsKey("count")) {
            section.problems()
                    .add(
                            section.keyOf("spacing"),
                            section.path("spacing") + " says nothing without count",
                            "add `count`, or leave it out");
        }
        return new RetentionRules(
                repository,
                zone == null ? null : zone.getId(),
                number(section, "hourly", 1),
                number(section, "daily", 1),
                number(section, "weekly", 1),
                number(section, "monthly", 1),
                number(section, "yearly", 1),
                number(section, "count", 1),
                seconds(section, "spacing", 1),
                seconds(section, "age", 1),
                seconds(section, "window", 1),
                number(section, "per_run", 1),
                number(section, "freely", 0),
                seconds(section, "youngest", 0));
    }

    private static @Nullable Integer number(Section section, String key, int least) {
        return section.values().containsKey(key) ? (Integer) section.integer(key, least, MOST, least) : null;
    }

    private static @Nullable Long seconds(Section section, String key, int least) {
        Duration length = section.read(key, section.text(key), text -> length(text, least), HINT);
        return length == null ? null : (Long) length.toSeconds();
    }

    /** A year has 366 days: what is kept for years never goes a day too early. */
    private static Duration length(String text, int least) {
        Matcher matcher = LENGTH.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not a length of time");
        }
        int number = Integer.parseInt(matcher.group(1));
        Duration length = switch (matcher.group(2)) {
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            case "w" -> Duration.ofDays(7L * number);
            default -> Duration.ofDays(366L * number);
        };
        if (number < least || length.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("is " + (number < least ? "no time at all" : "longer than 200 years"));
        }
        return length;
    }
}
