package io.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folders that tests make, and that are to be gone after them. All of a run lie in one folder, beside which a file is locked
 * for as long as the run lives; what a run left that was killed is swept by the next one. Thread safe.
 */
public final class TestFolders {

    /** Those of all runs of this user. */
    static final Path ALL =
            Path.of(System.getProperty("java.io.tmpdir"), "holdfast-tests-" + System.getProperty("user.name"));

    private static final String LOCK = ".lock";

    // The system gives up all locks of a process on a file when it closes any channel of it, so the run's own is never
    // opened again: its name says whose it is. This class may be loaded more than once.
    private static final String OURS = "run-" + ProcessHandle.current().pid() + "-";

    private static @Nullable Path run;

    private TestFolders() {}

    /** A new folder that everybody may enter, as servers of an unprivileged user have to. */
    public static Path make(String name) throws IOException {
        Path folder = Files.createTempDirectory(ofThisRun(), name + "-");
        PostgresBinaries.openToAll(folder);
        return folder;
    }

    private static synchronized Path ofThisRun() throws IOException {
        Path known = run;
        if (known != null) {
            return known;
        }
        Files.createDirectories(ALL);
        PostgresBinaries.openToAll(ALL);
        sweep(ALL);
        HeldLock held = heldLock();
        Path fresh = Files.createDirectory(folderOf(held.file()));
        PostgresBinaries.openToAll(fresh);
        // It also keeps the channel: one that nobody refers to is closed, and its lock given up.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> removeAtEnd(held), "remove-test-folders"));
        run = fresh;
        return fresh;
    }

    /** A lock that is given up when the process ends, however it ends. */
    private record HeldLock(Path file, FileChannel channel) {}

    private static HeldLock heldLock() throws IOException {
        while (true) {
            Path lock = Files.createTempFile(ALL, OURS, LOCK);
            FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
            channel.lock();
            if (Files.exists(lock)) {
                return new HeldLock(lock, channel);
            }
            // Another run swept it before it was locked.
            channel.close();
        }
    }

    private static void removeAtEnd(HeldLock held) {
        try {
            remove(held.file());
            held.channel().close();
        } catch (IOException | UncheckedIOException e) {
            // Something still writes there. The next run sweeps it.
            System.getLogger(TestFolders.class.getName()).log(System.Logger.Level.DEBUG, "{0} remains", held.file(), e);
        }
    }

    /** Removes what runs left that do not live any more. */
    static void sweep(Path all) throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(all, "run-*" + LOCK)) {
            for (Path lock : locks) {
                if (lock.getFileName().toString().startsWith(OURS)) {
                    continue;
                }
                try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                        FileLock ours = channel.tryLock()) {
                    if (ours != null) {
                        remove(lock);
                    }
                } catch (OverlappingFileLockException | IOException | UncheckedIOException e) {
                    // Somebody else sweeps as well.
                    System.getLogger(TestFolders.class.getName())
                            .log(System.Logger.Level.DEBUG, "{0} is left alone", lock, e);
                }
            }
        }
    }

    private static void remove(Path lock) {
        delete(folderOf(lock));
        delete(lock);
    }

    private static Path folderOf(Path lock) {
        String name = lock.getFileName().toString();
        return lock.resolveSibling(name.substring(0, name.length() - LOCK.length()));
    }

    /** Deletes a folder with all that is in it. One that is gone already is fine. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
