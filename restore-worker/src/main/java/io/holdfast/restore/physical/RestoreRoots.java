package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directories below which this host's operator lets restores write. Whatever a request names, nothing outside of them
 * is touched. Thread safe.
 */
public final class RestoreRoots {
    private static final String SETTING = "HOLDFAST_RESTORE_DIRECTORIES";

    private final List<Path> roots;

    public RestoreRoots(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    /**
     * The path, if a restore may write there: absolute, in its plain form, below an allowed directory (not that itself), and
     * reached without symbolic links, so that it is where it seems to be.
     *
     * @throws RestoreException {@code destination} otherwise
     */
    public Path admit(String wanted) throws RestoreException {
        Path path = plain(wanted);
        for (Path root : roots) {
            if (path.startsWith(root) && !path.equals(root)) {
                return withoutLinks(root, path);
            }
        }
        throw refused(
                path + " is not below a directory that restores may write to: "
                        + (roots.isEmpty() ? "none is configured" : roots) + ".",
                "name its parent in " + SETTING + " of this restore-worker.");
    }

    private static Path plain(String wanted) throws RestoreException {
        if (wanted.chars().anyMatch(Character::isISOControl)) {
            throw refused("the destination's name holds control characters.", "use a printable path.");
        }
        try {
            Path path = Path.of(wanted);
            if (path.isAbsolute() && path.equals(path.normalize()) && path.getParent() != null) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw refused("the destination is not a path: " + e.getReason() + ".", "use an absolute path.", e);
        }
        throw refused(wanted + " is not a plain absolute path.", "leave out '..' and '.', and begin with '/'.");
    }

    private static Path withoutLinks(Path root, Path path) throws RestoreException {
        try {
            Path real = root.toRealPath();
            for (Path name : root.relativize(path)) {
                real = real.resolve(name);
                if (Files.isSymbolicLink(real)) {
                    throw refused(real + " is a symbolic link.", "name the directory itself.");
                }
                if (Files.exists(real, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
                    throw refused(real + " is not a directory.", "choose another destination.");
                }
            }
            return real;
        } catch (IOException e) {
            throw refused(
                    "the allowed directory " + root + " cannot be entered: " + e.getMessage() + ".",
                    "create it, or correct " + SETTING + ".",
                    e);
        }
    }

    private static RestoreException refused(String message, String hint) {
        return refused(message, hint, null);
    }

    private static RestoreException refused(String message, String hint, @Nullable Exception cause) {
        return new RestoreException(FailureCategory.DESTINATION, message, hint, cause);
    }
}
