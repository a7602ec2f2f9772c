package io.holdfast.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A piece of work that {@code bench/compare} measures, in a process that makes it once and ends, or goes on as a service
 * does and makes it whenever it is asked to.
 */
public final class Measured {
    /** The first argument of a process that goes on: it reads arguments, separated by tabs, line by line from its input. */
    public static final String RESIDENT = "resident";

    /** The work. */
    @FunctionalInterface
    public interface Work {
        /** Does it once. */
        void run(List<String> arguments) throws Exception;
    }

    private Measured() {}

    /** Does the work with the arguments, and says how long it took; a failure ends the process. */
    public static void main(String[] arguments, Work work) throws Exception {
        if (arguments.length == 1 && arguments[0].equals(RESIDENT)) {
            BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            asked.lines().forEach(line -> {
                try {
                    once(List.of(line.split("\t")), work);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        } else {
            once(List.of(arguments), work);
        }
    }

    private static void once(List<String> arguments, Work work) throws Exception {
        long begun = System.nanoTime();
        work.run(arguments);
        System.out.println("work_millis=" + (System.nanoTime() - begun) / 1_000_000);
    }
}
