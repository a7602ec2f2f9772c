package io.holdfast.restore.logical;

import io.holdfast.runtime.secrets.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * A password for a libpq program, in a file of mode 0600 in a directory of its own, for as long as the program runs.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-pgpass.html">The Password File</a>
 */
final class PasswordFile implements AutoCloseable {
    private final Path directory;
    private final Path file;

    private PasswordFile(Path directory) {
        this.directory = directory;
        this.file = directory.resolve("pgpass");
    }

    static PasswordFile of(@Nullable Secret password) throws IOException {
        PasswordFile made = new PasswordFile(Files.createTempDirectory("holdfast-restore"));
        Files.createFile(made.file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (password != null) {
            String escaped = password.reveal().replace("\\", "\\\\").replace(":", "\\:");
            Files.writeString(made.file, "*:*:*:*:" + escaped + "\n", StandardCharsets.UTF_8);
        }
        return made;
    }

    Path path() {
        return file;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(directory);
    }
}
