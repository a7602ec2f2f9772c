package io.holdfast.repository.read;

import io.holdfast.repository.index.FilePath;
import java.nio.file.Path;
import java.util.Map;

/**
 * How a directory is restored.
 *
 * @param threads how many files, or parts of large files, are read at once, at least 1
 * @param acceptDamage go on where bytes are damaged: damaged pages become zeros and are listed in the report
 * @param redirects what lies at or below a path goes to a directory elsewhere, and a symbolic link to it is made at the
 *     path: how tablespaces are mapped ({@code pg_tblspc/16400} → an absolute path). Each must be empty or missing.
 */
public record RestoreOptions(int threads, boolean acceptDamage, Map<FilePath, Path> redirects) {
    public RestoreOptions {
        redirects = Map.copyOf(redirects);
        if (threads < 1 || threads > 256) {
            throw new IllegalArgumentException("threads must be 1 to 256, not " + threads);
        }
        redirects.values().forEach(directory -> {
            if (!directory.isAbsolute()) {
                throw new IllegalArgumentException("Not an absolute path: " + directory);
            }
        });
    }

    /** As many threads as processors, no damage accepted, nothing elsewhere. */
    public static RestoreOptions defaults() {
        return new RestoreOptions(Math.min(16, Runtime.getRuntime().availableProcessors()), false, Map.of());
    }

    /** The same, accepting damage or not. */
    public RestoreOptions withAcceptDamage(boolean accept) {
        return new RestoreOptions(threads, accept, redirects);
    }

    /** The same with other redirects. */
    public RestoreOptions withRedirects(Map<FilePath, Path> others) {
        return new RestoreOptions(threads, acceptDamage, others);
    }

    /** The same with another number of threads. */
    public RestoreOptions withThreads(int count) {
        return new RestoreOptions(count, acceptDamage, redirects);
    }
}
