package io.holdfast.backup.dump;

import io.holdfast.backup.source.UnusableDefinitionException;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A password for one run of one program, as a file with mode 0600: neither arguments nor environment of a process hold
 * it. It is removed as soon as the program has logged in, and in any case when the program has ended.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-pgpass.html">The password file</a>
 */
final class PasswordFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PasswordFile.class.getName());

    private final Path path;

    private PasswordFile(Path path) {
        this.path = path;
    }

    static PasswordFile in(WorkFolder folder, Secret password) throws IOException {
        return new PasswordFile(folder.newSecretFile("pass", "*:*:*:*:" + escaped(password.reveal()) + "\n"));
    }

    /**
     * The password as a field of the file.
     *
     * @throws UnusableDefinitionException if it has a line break or a zero character, which the file has no way to say
     */
    static String escaped(String password) throws UnusableDefinitionException {
        if (password.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw new UnusableDefinitionException(
                    "The target's password has a line break or a zero character, which pg_dump cannot be given.",
                    "Check the secret for a stray line break, or set a password without it.");
        }
        return password.replace("\\", "\\\\").replace(":", "\\:");
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        remove();
    }

    /** Removes the file; again does nothing. What cannot be removed goes with the work folder. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The password file " + path + " could not be removed: " + e);
        }
    }
}
