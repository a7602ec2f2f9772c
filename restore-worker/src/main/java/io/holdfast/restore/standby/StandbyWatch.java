package io.holdfast.restore.standby;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a standby now and then how far it is, in a thread of its own: a server that does not answer holds up nobody who answers
 * it. Thread safe.
 */
final class StandbyWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StandbyWatch.class.getName());
    private static final long PAUSE_MILLIS = 2000;
    /** Every target's cluster that can be made a standby has it, or the target's own user, whom nobody here knows. */
    private static final String ROLE = "postgres";

    private final Path dataDirectory;
    private final Thread thread;
    private volatile StandbyServer.@Nullable Position last;

    StandbyWatch(Path dataDirectory) {
        this.dataDirectory = dataDirectory;
        this.thread = Thread.ofPlatform().name("standby-watch").daemon().start(this::watch);
    }

    /** How far it was when it last answered; empty if it did not the last time. */
    Optional<StandbyServer.Position> last() {
        return Optional.ofNullable(last);
    }

    private void watch() {
        try {
            while (true) {
                ask();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException toEnd) {
            Thread.currentThread().interrupt();
        }
    }

    private void ask() {
        try {
            last = StandbyServer.on(dataDirectory, ROLE).position();
        } catch (IOException | SQLException e) {
            last = null;
            LOG.log(System.Logger.Level.DEBUG, "The standby in " + dataDirectory + " does not say how far it is.", e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
