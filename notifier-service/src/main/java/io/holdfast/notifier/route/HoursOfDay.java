package io.holdfast.notifier.route;

import io.holdfast.events.definition.NotificationsDefined.Hours;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * A part of each day, by the clocks of a place. Pure.
 *
 * @param from  when it begins
 * @param until when it ends; not after the beginning: on the next day
 */
record HoursOfDay(LocalTime from, LocalTime until, ZoneId zone) {

    /** Hours as they are defined; empty where they cannot be understood here. */
    static Optional<HoursOfDay> of(Hours hours) {
        try {
            return Optional.of(new HoursOfDay(
                    LocalTime.parse(hours.from()), LocalTime.parse(hours.until()), ZoneId.of(hours.timeZone())));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    boolean contain(Instant moment) {
        LocalTime time = moment.atZone(zone).toLocalTime();
        return from.isBefore(until)
                ? !time.isBefore(from) && time.isBefore(until)
                : !time.isBefore(from) || time.isBefore(until);
    }

    /** When they end next. */
    Instant end(Instant moment) {
        ZonedDateTime end = moment.atZone(zone).with(until);
        return end.toInstant().isAfter(moment)
                ? end.toInstant()
                : end.plusDays(1).toInstant();
    }
}
