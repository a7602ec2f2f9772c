package io.holdfast.runtime.work;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this host for one attempt's files: password file, spools. Nobody but the service's own user may look in.
 * It goes with the attempt, and where the process was killed, with the next attempt in the same parent folder: a lock
 * that dies with its process tells which folders still have an owner.
 */
public final class WorkFolder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WorkFolder.class.getName());
    private static final String PREFIX = "attempt-";
    private static final String LOCK = ".lock";
    /**
     * This process's own. They are never looked at again: a process that closes any channel of a file gives up all its locks
     * on it (fcntl(2)), and another process would take the folder for an orphan.
     */
    private static final Set<Path> LIVING = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private WorkFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Makes a folder below {@code parent}, which is made where it is missing, and removes those without an owner. */
    public static WorkFolder below(Path parent) throws IOException {
        Files.createDirectories(parent);
        removeOrphans(parent);
        // Takes its final name only once it is locked, so that nobody takes it for an orphan in between.
        Path making = Files.createTempDirectory(
                parent, "making-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        FileChannel channel =
                FileChannel.open(making.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            channel.lock();
            Path path = parent.resolve(PREFIX + making.getFileName().toString().substring("making-".length()))
                    .toAbsolutePath()
                    .normalize();
            LIVING.add(path);
            return new WorkFolder(Files.move(making, path, StandardCopyOption.ATOMIC_MOVE), channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The folder itself. */
    public Path path() {
        return path;
    }

    /** A new folder in it. */
    public Path newFolder(String name) throws IOException {
        return Files.createDirectory(path.resolve(name));
    }

    /** Writes a new file that only the service's own user can read. */
    public Path newSecretFile(String prefix, String content) throws IOException {
        Path file = Files.createTempFile(
                path, prefix, "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Removes the folder with all that is in it. What cannot be removed is logged and left to the next attempt. */
    @Override
    public void close() {
        // Unlocked even if something stays, so that the next attempt finds it without an owner.
        try (lock) {
            remove(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The work folder " + path + " could not be removed wholly: " + e);
        }
        LIVING.remove(path);
    }

    /** Removes the folders there that have no owner any more, if there are any. */
    public static void removeOrphans(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path folder : folders) {
                if (!LIVING.contains(folder.toAbsolutePath().normalize())) {
                    removeIfOrphan(folder);
                }
            }
        }
    }

    private static void removeIfOrphan(Path folder) {
        // Without its lock file it is all but removed.
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                remove(folder);
            }
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, folder + " is being removed by somebody else.");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The orphaned work folder " + folder + " could not be removed: " + e);
        }
    }

    // The lock file goes last but for the folder, so that a removal that stops half-way is taken up again.
    private static void remove(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(folder.resolve(LOCK))) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!visited.equals(folder)) {
                    Files.deleteIfExists(visited);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Files.deleteIfExists(folder.resolve(LOCK));
        Files.deleteIfExists(folder);
    }
}
