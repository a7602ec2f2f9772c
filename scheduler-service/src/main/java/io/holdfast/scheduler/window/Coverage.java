package io.holdfast.scheduler.window;

import io.holdfast.scheduler.catalog.LogPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unbroken piece of the log on the way to a timeline.
 *
 * @param timeline on which it ends
 * @param until    everything committed until then lies before its end; absent where that is not known
 */
record Coverage(
        int timeline,
        LogPosition from,
        LogPosition to,
        @Nullable Instant until) {

    boolean covers(LogPosition begin, LogPosition end) {
        return from.compareTo(begin) <= 0 && end.compareTo(to) <= 0;
    }

    /** What is left without a piece that is missing; of what is cut off before its end it is not known when that was. */
    List<Coverage> without(LogPosition begin, LogPosition end) {
        if (end.compareTo(from) <= 0 || to.compareTo(begin) <= 0) {
            return List.of(this);
        }
        List<Coverage> left = new ArrayList<>();
        if (from.compareTo(begin) < 0) {
            left.add(new Coverage(timeline, from, begin, null));
        }
        if (end.compareTo(to) < 0) {
            left.add(new Coverage(timeline, end, to, until));
        }
        return left;
    }

    /** What touches becomes one, in order. */
    static List<Coverage> joined(List<Coverage> pieces) {
        List<Coverage> joined = new ArrayList<>();
        for (Coverage next : pieces.stream()
                .sorted(Comparator.comparing(Coverage::from).thenComparing(Coverage::to))
                .toList()) {
            Coverage last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && next.from.compareTo(last.to) <= 0) {
                joined.set(joined.size() - 1, last.joinedWith(next));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }

    private Coverage joinedWith(Coverage next) {
        int order = next.to.compareTo(to);
        Coverage further = order > 0 || order == 0 && until == null ? next : this;
        int newer = Integer.compareUnsigned(timeline, next.timeline) > 0 ? timeline : next.timeline;
        return new Coverage(order == 0 ? newer : further.timeline, from, further.to, further.until);
    }
}
