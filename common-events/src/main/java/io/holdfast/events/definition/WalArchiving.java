package io.holdfast.events.definition;

import org.jspecify.annotations.Nullable;

/**
 * How a target's write-ahead log reaches the repository between base backups.
 *
 * @param stream       whether a worker receives it from the server as it is written
 * @param archiveToken reference to the token with which the server's {@code archive_command} may hand it over; absent:
 *                     it may not
 */
public record WalArchiving(boolean stream, @Nullable String archiveToken) {

    /** Log that is streamed, or not, and not handed over by {@code archive_command}. */
    public WalArchiving(boolean stream) {
        this(stream, null);
    }
}
