package io.holdfast.runtime.outbox;

import io.holdfast.runtime.database.Bell;
import jakarta.inject.Singleton;

/** Wakes the relay as soon as a transaction with events has committed. */
@Singleton
class OutboxBell {

    private final Bell bell = new Bell();

    Bell bell() {
        return bell;
    }
}
