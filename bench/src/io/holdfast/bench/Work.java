package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;

/** Something that a tool does and that can be measured: a program run to its end, or a request to one that runs already. */
interface Work {
    /**
     * Does it unmeasured.
     *
     * @param folder for what it says
     */
    String run(Path folder) throws IOException, InterruptedException;

    /**
     * Does it, and measures.
     *
     * @param folder for what it says
     * @param serverCpu seconds that the database server has used so far
     */
    Measurement measure(Path folder, DoubleSupplier serverCpu) throws IOException, InterruptedException;
}
