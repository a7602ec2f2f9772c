package io.holdfast.cli.local;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Lets one command at a time start or stop an instance. The kernel frees it when the command dies. */
final class InstanceLock {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private InstanceLock() {}

    /** What is done while the lock is held. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException, CommandFailure;
    }

    /** Runs the work once no other command is at work on the instance; fails when that takes too long. */
    static <T> T holding(InstanceFolder folder, Work<T> work) throws IOException, CommandFailure {
        try (FileChannel channel =
                FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!locked(channel)) {
                if (System.nanoTime() > end) {
                    throw new CommandFailure(
                            ExitCode.LOCAL_MODE,
                            "another holdfast up or down has been at work in " + folder.root() + " for "
                                    + PATIENCE.toSeconds() + " s",
                            "wait until it is done, or stop it");
                }
                pause();
            }
            return work.run();
        }
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for another command", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            // This process itself holds it: the same answer as for another one.
            return false;
        }
    }
}
