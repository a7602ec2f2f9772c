package io.holdfast.backup.stream;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** How far the streams of this worker are, for monitoring: times rather than ages, so that what froze is seen. */
final class StreamMetrics implements MeterBinder {
    /** A server says where it is each second; what was true before that is not told as if it were so still. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final WalStreams streams;

    StreamMetrics(WalStreams streams) {
        this.streams = streams;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("holdfast.wal.streams", streams, each -> each.running().size())
                .description("Clusters whose log this worker receives")
                .register(registry);
        MultiGauge until = MultiGauge.builder("holdfast.wal.archived.until")
                .description(
                        "Everything committed until then is in the repository; seconds since 1970, the server's clock")
                .register(registry);
        MultiGauge behind = MultiGauge.builder("holdfast.wal.behind")
                .baseUnit("bytes")
                .description(
                        "Log that the server has and the repository lacks; not there while the server is not heard of")
                .register(registry);
        MultiGauge stands = MultiGauge.builder("holdfast.wal.stands")
                .description("1: the log stands still")
                .register(registry);
        MultiGauge heard = MultiGauge.builder("holdfast.wal.server.heard")
                .description("When the server was last heard of by this worker; seconds since 1970, the server's clock")
                .register(registry);
        streams.onTick(() -> {
            until.register(rows(state -> true, StreamMetrics::until), true);
            behind.register(rows(state -> state.heardWithin(SILENCE), StreamMetrics::behind), true);
            stands.register(rows(state -> true, state -> state.trouble().since() == null ? 0 : 1), true);
            heard.register(rows(state -> state.serverTime().isPresent(), StreamMetrics::heard), true);
        });
    }

    private Iterable<MultiGauge.Row<?>> rows(Predicate<StreamState> isKnown, ToDoubleFunction<StreamState> value) {
        return streams.running().stream()
                .filter(stream -> isKnown.test(stream.state()))
                .<MultiGauge.Row<?>>map(stream -> MultiGauge.Row.of(
                        Tags.of("target", stream.streamed().id().value()), stream.state(), value))
                .toList();
    }

    private static double heard(StreamState state) {
        return state.serverTime().map(Instant::getEpochSecond).orElse(0L);
    }

    private static double until(StreamState state) {
        return state.continuity()
                .flatMap(known -> Optional.ofNullable(known.archivedUntil()))
                .map(Instant::getEpochSecond)
                .orElse(0L);
    }

    private static double behind(StreamState state) {
        return state.continuity()
                .flatMap(known -> state.serverEnd().map(end -> Math.max(0, end.minus(known.durable()))))
                .orElse(0L);
    }
}
