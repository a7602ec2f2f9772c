package io.holdfast.restore.logical;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Room for dumps that have to lie in a file while several connections load them: so many bytes on this host, over all
 * restores. Thread safe.
 */
final class SpoolRoom {
    /** Left free for others. */
    private static final long RESERVE = 64L << 20;

    private final long most;
    private long taken;

    /** @param most bytes; 0 means that nothing may be spooled */
    SpoolRoom(long most) {
        this.most = most;
    }

    /** What came of asking for room. */
    sealed interface Answer {
        /** It is there, until it is closed. */
        record Granted(SpoolRoom room, long bytes) implements Answer, AutoCloseable {
            @Override
            public void close() {
                room.giveBack(bytes);
            }
        }

        /** There is none, and why. */
        record Refused(String why) implements Answer {}
    }

    synchronized Answer take(Path folder, long bytes) throws IOException {
        if (most == 0) {
            return new Answer.Refused("the worker may not spool dumps (HOLDFAST_SPOOL_LIMIT)");
        }
        if (taken + bytes > most) {
            return new Answer.Refused("the dump of " + mib(bytes) + " MiB is more than is left of the worker's "
                    + mib(most) + " MiB for spooling");
        }
        long free = Files.getFileStore(folder).getUsableSpace() - RESERVE - taken;
        if (free < bytes) {
            return new Answer.Refused("the dump has " + mib(bytes) + " MiB, and the worker's folder "
                    + mib(Math.max(0, free)) + " MiB free");
        }
        taken += bytes;
        return new Answer.Granted(this, bytes);
    }

    private synchronized void giveBack(long bytes) {
        taken -= bytes;
    }

    private static long mib(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
