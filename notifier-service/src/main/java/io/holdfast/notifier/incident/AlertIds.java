package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;

/** Ids of alerts that follow from events: the same event gives the same alert. Pure. */
final class AlertIds {

    private AlertIds() {}

    static EventId of(EventId event, Matter matter) {
        return EventId.derived(event.value(), "alert", matter.key());
    }
}
