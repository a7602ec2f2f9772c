package io.holdfast.backup.stream;

import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;

/** What the slot of a target is called on its servers. Pure. */
final class SlotName {
    private static final String PREFIX = "holdfast_";
    private static final int LONGEST = 63;
    private static final int DIGITS = 8;

    private SlotName() {}

    /**
     * {@code holdfast_orders}. Slots know neither dots nor hyphens and are at most 63 characters long; where a name had to
     * be changed, digits behind it keep it apart from others.
     */
    static String of(TargetId target) {
        String plain = target.value().replace('.', '_').replace('-', '_');
        String name = PREFIX + plain;
        if (plain.equals(target.value()) && name.length() <= LONGEST) {
            return name;
        }
        String digits = EventId.derived("slot", target.value()).value().substring(0, DIGITS);
        int room = LONGEST - DIGITS - 1;
        return (name.length() > room ? name.substring(0, room) : name) + "_" + digits;
    }
}
