package io.holdfast.scheduler.restore;

import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RecoveryTimeline;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The moment that an order wants a cluster recovered to. Pure. */
final class OrderedMoment {
    private static final String HINT = " HINT: ";

    private OrderedMoment() {}

    /**
     * What the order says; nothing where it says nothing.
     *
     * @throws RequestRefusedException when it cannot be understood
     */
    static @Nullable RecoveryTarget of(RestoreOrder order) {
        boolean latest = Boolean.TRUE.equals(order.latest());
        long said = Stream.of(
                        latest ? Boolean.TRUE : null, order.toTime(), order.toLsn(), order.toXid(), order.toName())
                .filter(Objects::nonNull)
                .count();
        if (said > 1) {
            throw invalid("more than one moment is named", "give one of latest, to_time, to_lsn, to_xid and to_name");
        }
        if (said == 0 && (order.exclusive() != null || order.timeline() != null)) {
            throw invalid(
                    "exclusive and timeline belong to a moment to recover to",
                    "add latest, to_time, to_lsn, to_xid or to_name, or leave them out");
        }
        if (Boolean.TRUE.equals(order.standby()) && (said > 1 || said == 1 && !latest)) {
            throw invalid(
                    "a standby follows all that is stored",
                    "leave the moment out, or restore without `standby` to one");
        }
        boolean exclusive = Boolean.TRUE.equals(order.exclusive());
        if (exclusive && (latest || order.toName() != null)) {
            throw invalid(
                    "exclusive has no meaning for latest and to_name",
                    "leave it out, or give to_time, to_lsn or to_xid");
        }
        return said == 0 && !Boolean.TRUE.equals(order.standby()) ? null : target(order, exclusive ? true : null);
    }

    private static RecoveryTarget target(RestoreOrder order, @Nullable Boolean exclusive) {
        String named = order.timeline();
        RecoveryTimeline timeline = named == null ? null : read("timeline", () -> new RecoveryTimeline(named));
        String time = order.toTime();
        String lsn = order.toLsn();
        Long xid = order.toXid();
        String name = order.toName();
        if (time != null) {
            return new RecoveryTarget.Time(read("to_time", () -> RecoveryTarget.Time.parse(time)), exclusive, timeline);
        }
        if (lsn != null) {
            return read("to_lsn", () -> new RecoveryTarget.Position(lsn, exclusive, timeline));
        }
        if (xid != null) {
            return read("to_xid", () -> new RecoveryTarget.Transaction(xid, exclusive, timeline));
        }
        if (name != null) {
            return read("to_name", () -> new RecoveryTarget.Named(name, timeline));
        }
        return new RecoveryTarget.Latest(timeline);
    }

    private static <T> T read(String field, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int hint = message.indexOf(HINT);
            throw hint < 0
                    ? invalid(field + ": " + message, "see GET /q/openapi")
                    : invalid(field + ": " + message.substring(0, hint), message.substring(hint + HINT.length()));
        }
    }

    private static RequestRefusedException invalid(String what, String hint) {
        return new RequestRefusedException(Why.INVALID, what, hint);
    }
}
