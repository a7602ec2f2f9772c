package io.holdfast.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one run of a tool took.
 *
 * @param wall seconds
 * @param cpu user and system seconds of all the tool's processes
 * @param serverCpu seconds of the database server meanwhile
 * @param peakMib most resident memory of all the tool's processes together
 * @param stored bytes that were added to the repository; 0 where nothing is stored
 * @param startup seconds until a JVM had begun the work itself; 0 for other programs
 */
record Measurement(double wall, double cpu, double serverCpu, double peakMib, long stored, double startup) {
    Measurement storing(long bytes) {
        return new Measurement(wall, cpu, serverCpu, peakMib, bytes, startup);
    }

    /** The median of each number. */
    static Measurement median(List<Measurement> runs) {
        return new Measurement(
                median(runs, Measurement::wall),
                median(runs, Measurement::cpu),
                median(runs, Measurement::serverCpu),
                median(runs, Measurement::peakMib),
                (long) median(runs, Measurement::stored),
                median(runs, Measurement::startup));
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> number) {
        double[] sorted = runs.stream().mapToDouble(number).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
