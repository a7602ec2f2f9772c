package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A password for a libpq program, in a file that only the service's own user can read, for as long as the program runs.
 * Where the process was killed, it goes with the next one that is made.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-pgpass.html">The Password File</a>
 */
final class PasswordFile implements AutoCloseable {
    /** The directory of these files, below the work directory. */
    static final String DIRECTORY = "passwords";

    private final WorkFolder folder;
    private final Path path;

    private PasswordFile(WorkFolder folder, Path path) {
        this.folder = folder;
        this.path = path;
    }

    /**
     * Makes a file below the work directory.
     *
     * @param password none makes an empty file
     * @throws RestoreException if it has a line break or a zero character, which the file has no way to say
     */
    static PasswordFile of(@Nullable Secret password, Path workDirectory) throws IOException, RestoreException {
        String line = password == null ? "" : "*:*:*:*:" + escaped(password.reveal()) + "\n";
        WorkFolder folder = WorkFolder.below(workDirectory.resolve(DIRECTORY));
        boolean made = false;
        try {
            PasswordFile file = new PasswordFile(folder, folder.newSecretFile("pgpass-", line));
            made = true;
            return file;
        } finally {
            if (!made) {
                folder.close();
            }
        }
    }

    private static String escaped(String password) throws RestoreException {
        if (password.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "the password for the destination has a line break or a zero character, which pg_restore cannot be given.",
                    "check the secret for a stray line break, or set a password without it.");
        }
        return password.replace("\\", "\\\\").replace(":", "\\:");
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        folder.close();
    }
}
