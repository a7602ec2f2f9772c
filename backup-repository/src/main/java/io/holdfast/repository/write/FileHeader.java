package io.holdfast.repository.write;

import io.holdfast.repository.index.FilePath;
import java.time.Instant;

/** What is known of a file before its bytes come. Its length need not be known. */
public sealed interface FileHeader {
    /** Where it belongs within the backup. */
    FilePath path();

    /**
     * A file of the directory that is backed up, or a dump.
     *
     * @param mode permission bits, such as 0600 (octal)
     */
    record Regular(FilePath path, int mode, Instant modified) implements FileHeader {}

    /** Bytes kept with the backup but not restored into the directory. */
    record Attached(FilePath path) implements FileHeader {}
}
