package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an object of the index is called. The name alone says which stretch of time and of the log it is about, so that a
 * listing finds it.
 *
 * @param from time of the first sample, milliseconds since 1970
 * @param to time of the last
 * @param fromLsn position of the first sample
 * @param toLsn position of the last
 * @param digest the first 8 hexadecimal digits of the SHA-256 of the content, so that two writers do not meet
 */
record WalTimesName(int timeline, long from, long to, Lsn fromLsn, Lsn toLsn, String digest) {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuuMMdd").withZone(ZoneOffset.UTC);
    private static final Pattern FORM =
            Pattern.compile("([0-9]{8})/([0-9]{15})-([0-9]{15})-([0-9A-F]{16})-([0-9A-F]{16})-([0-9a-f]{8})");

    /** Where it lies. */
    ObjectKey key(PlaceLayout layout) {
        return new ObjectKey(prefix(layout, timeline)
                + DAY.format(Instant.ofEpochMilli(from))
                + "/%015d-%015d-%016X-%016X-%s".formatted(from, to, fromLsn.value(), toLsn.value(), digest));
    }

    /** What the keys of all objects of a timeline begin with. */
    static String prefix(PlaceLayout layout, int timeline) {
        return layout.walTimes() + "%08X/".formatted(timeline);
    }

    /** Lies behind all keys of objects that begin before a time, and before all others. */
    static ObjectKey boundary(PlaceLayout layout, int timeline, long millis) {
        long reached = Math.clamp(millis, 0, 253_402_300_799_999L);
        return new ObjectKey(
                prefix(layout, timeline) + DAY.format(Instant.ofEpochMilli(reached)) + "/%015d".formatted(reached));
    }

    /** Takes a key apart; empty if no writer of this format made it. */
    static Optional<WalTimesName> of(PlaceLayout layout, int timeline, ObjectKey key) {
        String prefix = prefix(layout, timeline);
        if (!key.value().startsWith(prefix)) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(key.value().substring(prefix.length()));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        WalTimesName name = new WalTimesName(
                timeline,
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                new Lsn(Long.parseUnsignedLong(matcher.group(4), 16)),
                new Lsn(Long.parseUnsignedLong(matcher.group(5), 16)),
                matcher.group(6));
        boolean own = name.from <= name.to
                && name.to - name.from <= WalTimesCodec.LONGEST.toMillis()
                && name.fromLsn.compareTo(name.toLsn) <= 0
                && matcher.group(1).equals(DAY.format(Instant.ofEpochMilli(name.from)));
        return own ? Optional.of(name) : Optional.empty();
    }
}
