package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;

/** Tells apart what a file system failed for. The JDK gives most causes only as the operating system's message. */
public final class FileSystemFailures {
    private static final List<String> FULL = List.of("No space left on device", "Disk quota exceeded");
    private static final List<String> DENIED =
            List.of("Read-only file system", "Permission denied", "Operation not permitted");

    private static final String UNREADABLE = "Input/output error";

    private FileSystemFailures() {}

    /**
     * The repository's exception for a failure.
     *
     * @param doing what was tried, on what: {@code "Writing a/b in file:///srv"}
     */
    public static RepositoryException classify(IOException failure, String doing) {
        if (failure instanceof RepositoryException known) {
            return known;
        }
        String reason = reason(failure);
        String what = doing + " failed: " + reason + ".";
        if (FULL.stream().anyMatch(reason::contains)) {
            return new RepositoryException.Full(
                    what, "free space on this file system, or raise the quota, then run it again.", failure);
        }
        if (failure instanceof AccessDeniedException || DENIED.stream().anyMatch(reason::contains)) {
            return new RepositoryException.Denied(
                    what,
                    "let the user this runs as write there, and check that it is not mounted read-only.",
                    failure);
        }
        if (failure instanceof NoSuchFileException) {
            return new RepositoryException.NotFound(
                    what, "check the path, and that its file system is mounted.", failure);
        }
        if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
            return new RepositoryException.Conflict(what, "something else lies at this path: move it away.");
        }
        if (failure instanceof ClosedByInterruptException) {
            return new RepositoryException.Unavailable(doing + " was interrupted.", "run it again.", failure);
        }
        return new RepositoryException.Unavailable(
                what, "look at the disk and the system's log, then run it again.", failure);
    }

    /**
     * The repository's exception for a failure to read what is stored: where the device cannot give the bytes back any more
     * ({@code EIO}), they are damaged, and trying again would change nothing.
     *
     * @param doing what was tried, on what
     */
    static RepositoryException classifyReading(IOException failure, String doing) {
        if (!(failure instanceof RepositoryException) && reason(failure).contains(UNREADABLE)) {
            return new RepositoryException.Damaged(
                    doing + " failed: " + reason(failure) + ".",
                    "look at the disk and the system's log; restore from another backup or another copy of this"
                            + " repository.",
                    failure);
        }
        return classify(failure, doing);
    }

    private static String reason(IOException failure) {
        if (failure instanceof FileSystemException detailed && detailed.getReason() != null) {
            return detailed.getReason();
        }
        if (failure instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (failure instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "File exists";
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
