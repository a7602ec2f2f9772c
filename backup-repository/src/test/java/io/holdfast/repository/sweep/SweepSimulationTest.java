package io.holdfast.repository.sweep;

import io.holdfast.repository.store.MemoryObjectStore;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SweepSimulationTest {
    @TempDir
    Path work;

    static LongStream few() {
        return LongStream.range(0, 3);
    }

    static LongStream many() {
        return LongStream.range(1000, 1200);
    }

    @ParameterizedTest
    @MethodSource("few")
    void whatever_is_listed_restores_and_nothing_is_left_behind(long seed) throws Exception {
        simulate(seed);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("many")
    void whatever_is_listed_restores_and_nothing_is_left_behind_in_many_schedules(long seed) throws Exception {
        simulate(seed);
    }

    private void simulate(long seed) throws Exception {
        MemoryObjectStore store = new MemoryObjectStore();
        new SweepSimulation(store, store, work).run(seed);
    }
}
