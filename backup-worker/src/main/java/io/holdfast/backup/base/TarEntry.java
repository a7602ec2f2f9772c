package io.holdfast.backup.base;

import java.time.Instant;

/** What a header in a tar archive announces. Names are as written, not yet normalised. */
sealed interface TarEntry {
    String name();

    /**
     * A file, followed by its bytes.
     *
     * @param size in bytes
     * @param mode permission bits
     */
    record File(String name, long size, int mode, Instant modified) implements TarEntry {}

    record Directory(String name, int mode, Instant modified) implements TarEntry {}

    record SymbolicLink(String name, String destination, Instant modified) implements TarEntry {}
}
