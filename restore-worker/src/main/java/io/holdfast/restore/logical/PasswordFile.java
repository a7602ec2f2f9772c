package io.holdfast.restore.logical;

import io.holdfast.runtime.secrets.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A password for a libpq program, in a file of mode 0600 in a directory of mode 0700, for as long as the program runs. Where
 * the process was killed, the file goes with the next one that is made: a lock that dies with its process tells which files
 * still have an owner.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-pgpass.html">The Password File</a>
 */
final class PasswordFile implements AutoCloseable {
    /** The directory of these files, below the work directory. */
    static final String DIRECTORY = "passwords";

    private static final System.Logger LOG = System.getLogger(PasswordFile.class.getName());
    private static final String PREFIX = "pgpass-";
    private static final String MAKING = "making-";

    /** This process's own. They must not even be opened again: closing any channel of a file drops the process's lock on it. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel locked;

    private PasswordFile(Path file, FileChannel locked) {
        this.file = file;
        this.locked = locked;
    }

    /** Makes a file below the work directory, and removes those there that have no owner any more. */
    static PasswordFile of(@Nullable Secret password, Path workDirectory) throws IOException {
        Path directory =
                Files.createDirectories(workDirectory.resolve(DIRECTORY).toAbsolutePath(), mode("rwx------"));
        removeOrphans(directory);
        PasswordFile made = make(directory);
        boolean written = false;
        try {
            made.write(password);
            written = true;
            return made;
        } finally {
            if (!written) {
                made.close();
            }
        }
    }

    // It takes its final name only once it is locked, so that nobody takes it for an orphan in between. The password
    // is written after that, so that what is left of one that was never named is empty.
    private static PasswordFile make(Path directory) throws IOException {
        Path making = Files.createTempFile(directory, MAKING, "", mode("rw-------"));
        Path file = directory.resolve(PREFIX + making.getFileName().toString().substring(MAKING.length()));
        FileChannel channel = FileChannel.open(making, StandardOpenOption.WRITE);
        boolean named = false;
        try {
            channel.lock();
            OURS.add(file);
            Files.move(making, file, StandardCopyOption.ATOMIC_MOVE);
            named = true;
            return new PasswordFile(file, channel);
        } finally {
            if (!named) {
                OURS.remove(file);
                channel.close();
                Files.deleteIfExists(making);
            }
        }
    }

    private void write(@Nullable Secret password) throws IOException {
        if (password == null) {
            return;
        }
        String escaped = password.reveal().replace("\\", "\\\\").replace(":", "\\:");
        ByteBuffer line = ByteBuffer.wrap(("*:*:*:*:" + escaped + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            locked.write(line);
        }
    }

    private static void removeOrphans(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path each : files) {
                if (!OURS.contains(each)) {
                    removeIfOrphan(each);
                }
            }
        }
    }

    private static void removeIfOrphan(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, file + " is being removed by its owner.");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The orphaned password file " + file + " could not be removed: " + e);
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    Path path() {
        return file;
    }

    @Override
    public void close() throws IOException {
        try (locked) {
            Files.deleteIfExists(file);
        } finally {
            OURS.remove(file);
        }
    }
}
