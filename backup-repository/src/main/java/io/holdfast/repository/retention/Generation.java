package io.holdfast.repository.retention;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.JulianFields;

/**
 * A sort of periods of the calendar, one backup of each of which is kept. Periods are those of a time zone: a day in which
 * clocks change has 23 or 25 hours and is one day, and the hour that comes twice is two hours. Weeks begin on Monday (ISO
 * 8601).
 */
public enum Generation {
    HOURLY,
    DAILY,
    WEEKLY,
    MONTHLY,
    YEARLY;

    /** Tells the periods of this sort apart, and orders them. */
    long period(Instant time, ZoneId zone) {
        ZonedDateTime local = time.atZone(zone);
        return switch (this) {
            case HOURLY -> local.truncatedTo(ChronoUnit.HOURS).toEpochSecond();
            case DAILY -> local.toLocalDate().toEpochDay();
            // Day 0 of the Julian count was a Monday.
            case WEEKLY -> Math.floorDiv(local.getLong(JulianFields.JULIAN_DAY), 7);
            case MONTHLY -> local.getYear() * 12L + local.getMonthValue();
            case YEARLY -> local.getYear();
        };
    }

    /** The period for people, such as {@code day 2026-11-21}. */
    String words(Instant time, ZoneId zone) {
        ZonedDateTime local = time.atZone(zone);
        return switch (this) {
            case HOURLY -> "hour " + local.toLocalDate() + " %02dh".formatted(local.getHour()) + local.getOffset();
            case DAILY -> "day " + local.toLocalDate();
            case WEEKLY ->
                "week %d-W%02d"
                        .formatted(local.get(IsoFields.WEEK_BASED_YEAR), local.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case MONTHLY -> "month %d-%02d".formatted(local.getYear(), local.getMonthValue());
            case YEARLY -> "year " + local.getYear();
        };
    }

    /** What periods of this sort are called. */
    String plural() {
        return switch (this) {
            case HOURLY -> "hours";
            case DAILY -> "days";
            case WEEKLY -> "weeks";
            case MONTHLY -> "months";
            case YEARLY -> "years";
        };
    }
}
