package io.holdfast.repository.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Gives a target its corpus, its seeds, and some inputs made from those; the short form of fuzzing. */
public final class FuzzRun {
    /** More than any parser needs for an input of some KiB; the longest block of an index is 32 MiB. */
    private static final long MOST_ALLOCATED = 256L << 20;

    private FuzzRun() {}

    /**
     * Gives the target everything.
     *
     * @param corpus inputs once found to be of interest, in a folder of the target's name; may be missing
     * @param mutations how many inputs are made
     * @throws AssertionError with the input, where the target fails or takes too much memory
     */
    public static void of(FuzzTarget target, Path corpus, int mutations) throws Exception {
        List<byte[]> inputs = new ArrayList<>(target.seeds());
        inputs.addAll(files(corpus.resolve(target.label())));
        inputs.add(new byte[0]);
        for (byte[] input : inputs) {
            give(target, input);
        }
        Mutations changing = new Mutations(42);
        for (int i = 0; i < mutations; i++) {
            give(target, changing.of(inputs.get(i % inputs.size())));
        }
    }

    private static void give(FuzzTarget target, byte[] input) {
        ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = memory.getCurrentThreadAllocatedBytes();
        try {
            target.take(input);
        } catch (Exception | Error e) {
            throw new AssertionError(
                    target.label() + " fails on " + HexFormat.of().formatHex(input), e);
        }
        long allocated = memory.getCurrentThreadAllocatedBytes() - before;
        if (allocated > MOST_ALLOCATED) {
            throw new AssertionError(target.label() + " allocates " + allocated + " bytes for "
                    + HexFormat.of().formatHex(input));
        }
    }

    private static List<byte[]> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<byte[]> inputs = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                inputs.add(Files.readAllBytes(file));
            }
        }
        return inputs;
    }
}
