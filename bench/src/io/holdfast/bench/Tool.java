package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A program that makes backups. Each keeps its repository in a folder of its own. */
interface Tool extends AutoCloseable {
    String name();

    /** Why this tool is not measured in a case; empty where it is. */
    Optional<String> leavesOut(Case each);

    /** A new, empty repository for full backups of this kind. */
    void begin(Case.Full kind) throws IOException, InterruptedException;

    /** Brings the program itself into memory, where that of a service is; unmeasured. */
    Command warmUp();

    Work full();

    /** A backup that relies on the last full one. */
    Work incremental();

    /** Removes what would be relied on instead of the full one. */
    default void forgetIncrementals() throws IOException, InterruptedException {}

    Work restore(Path destination);

    Work deltaRestore(Path destination);

    /** Reads a backup back, as deep as asked for or the nearest that there is. */
    Work verify(Case.Depth depth);

    /** How often each case is done before it is measured: a service has seen its work before. */
    default int practice() {
        return 0;
    }

    Path repository();

    /** Ends what stays between its runs. */
    @Override
    default void close() throws IOException, InterruptedException {}
}
