package io.holdfast.events.alert;

import io.holdfast.events.EventData;

/** What becomes of an alert. The key is the subject, so what is said of one alert keeps its order. */
public sealed interface AlertEvent extends EventData
        permits AlertRaised, AlertResolved, AlertAcknowledged, AlertTestRequested, AlertTested {

    AlertKey key();

    @Override
    default String subject() {
        return key().value();
    }
}
