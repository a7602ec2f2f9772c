package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.wal.Lsn;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an object of the index is called. The name alone says which stretch of the log and of time it is about, so that a
 * listing finds it. Names are in the order of positions, which never go back; times may.
 *
 * @param fromLsn position of the first sample
 * @param from time of the first sample, milliseconds since 1970
 * @param toLsn position of the last
 * @param to time of the last
 * @param digest the first 8 hexadecimal digits of the SHA-256 of the content, so that two writers do not meet
 */
record WalTimesName(int timeline, Lsn fromLsn, long from, Lsn toLsn, long to, String digest) {
    /** Behind the timeline; before it come those of earlier versions, which begin with a digit. */
    private static final String BY_POSITION = "at/";

    private static final long LATEST = 253_402_300_799_999L;
    private static final Pattern FORM =
            Pattern.compile("at/([0-9A-F]{8})/([0-9A-F]{16})-([0-9]{15})-([0-9A-F]{16})-([0-9]{15})-([0-9a-f]{8})");
    private static final Pattern EARLIER_FORM =
            Pattern.compile("[0-9]{8}/([0-9]{15})-([0-9]{15})-([0-9A-F]{16})-([0-9A-F]{16})-([0-9a-f]{8})");

    /** Where it lies. */
    ObjectKey key(PlaceLayout layout) {
        return new ObjectKey(boundary(layout, timeline, fromLsn, from).value()
                + "-%016X-%015d-%s".formatted(toLsn.value(), to, digest));
    }

    /** What the keys of all objects of a timeline begin with. */
    static String prefix(PlaceLayout layout, int timeline) {
        return ofTimeline(layout, timeline) + BY_POSITION;
    }

    /** The same of earlier versions, whose names begin with times; those of this version come behind them. */
    static String ofTimeline(PlaceLayout layout, int timeline) {
        return layout.walTimes() + "%08X/".formatted(timeline);
    }

    /** Lies behind all keys of a timeline, and before those of the next. */
    static ObjectKey behindTimeline(PlaceLayout layout, int timeline) {
        return new ObjectKey(ofTimeline(layout, timeline) + "~");
    }

    /** Lies behind all keys of objects that begin before a position, or there and before a time, and before all others. */
    static ObjectKey boundary(PlaceLayout layout, int timeline, Lsn lsn, long millis) {
        return new ObjectKey(prefix(layout, timeline)
                + "%08X/%016X-%015d".formatted(lsn.value() >>> 32, lsn.value(), Math.clamp(millis, 0, LATEST)));
    }

    /** Takes a key apart; empty if no writer of this version made it. */
    static Optional<WalTimesName> of(PlaceLayout layout, int timeline, ObjectKey key) {
        Optional<Matcher> found = matched(FORM, layout, timeline, key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = found.get();
        WalTimesName name = new WalTimesName(
                timeline,
                lsn(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                lsn(matcher.group(4)),
                Long.parseLong(matcher.group(5)),
                matcher.group(6));
        return Optional.of(name).filter(it -> it.key(layout).equals(key)).filter(WalTimesName::isOne);
    }

    /** The same of a key that an earlier version made; others have the same fields in another order. */
    static Optional<WalTimesName> ofEarlier(PlaceLayout layout, int timeline, ObjectKey key) {
        return matched(EARLIER_FORM, layout, timeline, key)
                .map(matcher -> new WalTimesName(
                        timeline,
                        lsn(matcher.group(3)),
                        Long.parseLong(matcher.group(1)),
                        lsn(matcher.group(4)),
                        Long.parseLong(matcher.group(2)),
                        matcher.group(5)))
                .filter(WalTimesName::isOne);
    }

    private static Optional<Matcher> matched(Pattern form, PlaceLayout layout, int timeline, ObjectKey key) {
        String prefix = ofTimeline(layout, timeline);
        if (!key.value().startsWith(prefix)) {
            return Optional.empty();
        }
        return Optional.of(form.matcher(key.value().substring(prefix.length()))).filter(Matcher::matches);
    }

    private static Lsn lsn(String digits) {
        return new Lsn(Long.parseUnsignedLong(digits, 16));
    }

    private boolean isOne() {
        return from <= to && to - from <= WalTimesCodec.LONGEST.toMillis() && fromLsn.compareTo(toLsn) <= 0;
    }
}
