package io.holdfast.cli.local;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;

/** Lets one command at a time start or stop an instance. The kernel frees it when the command dies. */
final class InstanceLock {
    private InstanceLock() {}

    /** What is done while the lock is held. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException, CommandFailure;
    }

    /** Runs the work, or fails at once where another command is at work on the instance. */
    static <T> T holding(InstanceFolder folder, Work<T> work) throws IOException, CommandFailure {
        try (FileChannel channel =
                FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (!locked(channel)) {
                throw new CommandFailure(
                        ExitCode.LOCAL_MODE,
                        "another holdfast up or down is at work in " + folder.root(),
                        "wait until it is done");
            }
            return work.run();
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
