package io.holdfast.repository.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.store.remote.FaultyWay;
import io.holdfast.repository.store.remote.FaultyWay.Fault;
import io.holdfast.repository.store.remote.Waiting;
import io.holdfast.repository.sweep.SweepSimulation;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writers and sweepers that sleep and die, by way of a bucket where one request in seven goes wrong. */
@Tag("long")
class S3SweepTest {
    private static final String PARAMETERS = "part_size=5M&versions=newest&silence_timeout=1s&give_up_after=2m";

    /** Each of them leaves the client in doubt, or with less than it asked for. */
    private static final List<Fault> FAULTS = List.of(
            new Fault.LoseAnswer(),
            new Fault.CutRequest(),
            new Fault.CutAnswer(0),
            new Fault.CutAnswer(5_000),
            new Fault.FallSilent(1_000),
            new Fault.Answer(503, List.of("Retry-After: 1"), ""),
            new Fault.Answer(500, List.of(), ""),
            new Fault.Answer(429, List.of(), ""));

    static LongStream seeds() {
        return LongStream.range(0, 5);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatever_is_listed_restores_and_nothing_is_left_behind(long seed, @TempDir Path work) throws Exception {
        Waiting waiting = new Waiting(System::nanoTime, time -> {}, new Random(seed));
        S3Bucket.Surroundings around = new S3Bucket.Surroundings(Clock.systemUTC(), waiting, new Random(seed + 1));
        try (S3Server server = S3Server.start();
                FaultyWay way = new FaultyWay(server.endpoint())) {
            S3Location location = S3Server.location(way.endpoint(), "some/where", PARAMETERS);
            try (S3ObjectStore store = S3ObjectStore.connect(location, S3Server.ACCESS, around);
                    S3Deletions deletions = S3Deletions.connect(location, S3Server.ACCESS, around)) {
                AtomicInteger faults = someGoWrong(way, new Random(seed + 2));

                new SweepSimulation(store, deletions, work).run(seed);

                assertThat(faults.get()).isGreaterThan(100);
            }
        }
    }

    private static AtomicInteger someGoWrong(FaultyWay way, Random random) {
        AtomicInteger faults = new AtomicInteger();
        way.on(request -> random.nextInt(7) == 0, Integer.MAX_VALUE, () -> {
            faults.incrementAndGet();
            return FAULTS.get(random.nextInt(FAULTS.size()));
        });
        return faults;
    }
}
