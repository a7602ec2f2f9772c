package io.holdfast.runtime.configuration;

import io.holdfast.events.EventIds;
import io.holdfast.events.wire.EventCodec;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;

/** Time, ids and the codec, injected everywhere so that tests can put their own in place. */
final class Essentials {

    @Produces
    @Singleton
    @DefaultBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    @DefaultBean
    EventIds eventIds(Clock clock) {
        return new EventIds(clock, new SecureRandom());
    }

    @Produces
    @Singleton
    @DefaultBean
    EventCodec eventCodec() {
        return new EventCodec();
    }
}
