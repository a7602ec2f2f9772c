package io.holdfast.restore.physical;

import io.holdfast.restore.RestoreWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second attempt of a restore out of the destination for as long as the first one is alive, even if that one
 * sleeps and has lost its job: two that write and clean up in one place would ruin both. Ends with the process.
 */
final class DestinationLock implements AutoCloseable {
    private static final long PAUSE_MILLIS = 200;

    private final Path file;
    private final FileChannel channel;

    private DestinationLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Waits until the destination is nobody else's. Its parent directory must exist. */
    static DestinationLock of(Path dataDirectory, RestoreWatch watch) throws IOException, InterruptedException {
        Path file = file(dataDirectory);
        while (true) {
            watch.goOn();
            DestinationLock lock = attempt(file);
            if (lock != null) {
                return lock;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** The lock, if it is nobody else's just now. */
    static @Nullable DestinationLock now(Path dataDirectory) throws IOException {
        return attempt(file(dataDirectory));
    }

    private static Path file(Path dataDirectory) {
        return dataDirectory.resolveSibling("." + dataDirectory.getFileName() + ".holdfast-lock");
    }

    private static @Nullable DestinationLock attempt(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        boolean kept = false;
        try {
            FileLock lock = channel.tryLock();
            // Its last owner removes the file; a lock on a removed one keeps nobody out.
            if (lock != null && isStillThere(file, channel)) {
                kept = true;
                return new DestinationLock(file, channel);
            }
            return null;
        } catch (OverlappingFileLockException inThisProcess) {
            return null;
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    /** A file that was removed and made anew is another one: what is written to ours does not show in it. */
    private static boolean isStillThere(Path file, FileChannel channel) throws IOException {
        byte[] token = UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(token));
        try {
            return Arrays.equals(token, Files.readAllBytes(file));
        } catch (NoSuchFileException removed) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
        channel.close();
    }
}
