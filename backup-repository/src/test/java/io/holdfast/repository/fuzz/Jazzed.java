package io.holdfast.repository.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where Jazzer comes in. Its arguments for the target: an enum of {@link FuzzTarget}s, one of its labels, and a folder for
 * what was right to begin from.
 */
public final class Jazzed {
    private static FuzzTarget target = StoredObjectTarget.MANIFEST;

    private Jazzed() {}

    /** Called once by Jazzer. */
    public static void fuzzerInitialize(String[] arguments) throws Exception {
        target = find(Class.forName(arguments[0]), arguments[1]);
        Path folder = Files.createDirectories(Path.of(arguments[2]));
        List<byte[]> seeds = target.seeds();
        for (int i = 0; i < seeds.size(); i++) {
            Files.write(folder.resolve("seed-" + i), seeds.get(i));
            // Classes load and are instrumented here, not against the clock of the first input.
            target.take(seeds.get(i));
        }
    }

    /** Called by Jazzer for each input. */
    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.take(input);
    }

    private static FuzzTarget find(Class<?> targets, String label) {
        for (Object each : targets.getEnumConstants()) {
            if (each instanceof FuzzTarget found && found.label().equals(label)) {
                return found;
            }
        }
        throw new IllegalArgumentException("no target " + label + " in " + targets.getName());
    }
}
