package io.holdfast.repository.restore;

import io.holdfast.repository.index.FilePath;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * How a directory is restored.
 *
 * @param threads how many files, or parts of large files, are read at once, at least 1
 * @param acceptDamage go on where bytes are damaged: damaged pages become zeros and are listed in the report
 * @param redirects what lies at or below a path goes to a directory elsewhere, and a symbolic link to it is made at the
 *     path: how tablespaces are mapped ({@code pg_tblspc/16400} → an absolute path). Each must be empty or missing,
 *     unless what is there is compared
 * @param compared what lies in the directories is compared with the backup: what is the same is kept, what differs is
 *     fetched and written over, what the backup does not have is removed (but at the top of a redirected directory, which
 *     others may use as well). Nobody else may work in the directories
 * @param heldBack files that are restored as {@link #heldBackName} and not under their own names, and of which nothing
 *     may be left there: the caller gives them their names when the directory is complete
 */
public record RestoreOptions(
        int threads, boolean acceptDamage, Map<FilePath, Path> redirects, boolean compared, Set<FilePath> heldBack) {
    public RestoreOptions {
        redirects = Map.copyOf(redirects);
        heldBack = Set.copyOf(heldBack);
        if (threads < 1 || threads > 256) {
            throw new IllegalArgumentException("threads must be 1 to 256, not " + threads);
        }
        redirects.values().forEach(directory -> {
            if (!directory.isAbsolute()) {
                throw new IllegalArgumentException("Not an absolute path: " + directory);
            }
        });
    }

    /** As many threads as processors, no damage accepted, nothing elsewhere, nothing there before. */
    public static RestoreOptions defaults() {
        int threads = Math.min(16, Runtime.getRuntime().availableProcessors());
        return new RestoreOptions(threads, false, Map.of(), false, Set.of());
    }

    /** The name under which a file lies until the directory is complete. */
    public static FilePath heldBackName(FilePath file) {
        return new FilePath(file.value() + ".held-back");
    }

    /** The same, accepting damage or not. */
    public RestoreOptions withAcceptDamage(boolean accept) {
        return new RestoreOptions(threads, accept, redirects, compared, heldBack);
    }

    /** The same with other redirects. */
    public RestoreOptions withRedirects(Map<FilePath, Path> others) {
        return new RestoreOptions(threads, acceptDamage, others, compared, heldBack);
    }

    /** The same with another number of threads. */
    public RestoreOptions withThreads(int count) {
        return new RestoreOptions(count, acceptDamage, redirects, compared, heldBack);
    }

    /** The same, comparing what is there or wanting nothing there. */
    public RestoreOptions withCompared(boolean compare) {
        return new RestoreOptions(threads, acceptDamage, redirects, compare, heldBack);
    }

    /** The same with these files held back. */
    public RestoreOptions withHeldBack(Set<FilePath> files) {
        return new RestoreOptions(threads, acceptDamage, redirects, compared, files);
    }
}
