package io.holdfast.backup.stream;

import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;

/** The configuration of streams with short times. */
record ShortTimes(Duration incrementAfter, Duration tellAfter, long slotLimitBytes) implements StreamConfig {
    ShortTimes() {
        this(Duration.ofMillis(500), Duration.ofSeconds(1), 1L << 40);
    }

    @Override
    public boolean enabled() {
        return true;
    }

    @Override
    public int limit() {
        return 100;
    }

    @Override
    public int threads() {
        return 2;
    }

    @Override
    public Duration lease() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration reconnectDelay() {
        return Duration.ofMillis(100);
    }

    @Override
    public Duration reconnectDelayLimit() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Duration tellEvery() {
        return Duration.ofSeconds(1);
    }

    @Override
    public MemorySize slotLimit() {
        return new MemorySize(BigInteger.valueOf(slotLimitBytes));
    }
}
