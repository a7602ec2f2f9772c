package io.holdfast.backup.job;

import io.holdfast.events.TargetId;
import java.util.Optional;

/** Knows of servers whose log is not received, since it is another one than what is stored. Thread safe. */
public interface RefusedServers {
    /**
     * A server that is refused.
     *
     * @param systemIdentifier of its cluster, unsigned
     * @param reason what was seen, without a hint
     */
    record Refused(long systemIdentifier, String reason) {}

    /**
     * The server of a target, while it is refused. Waits while the database is away.
     *
     * @throws InterruptedException when interrupted meanwhile
     */
    Optional<Refused> of(TargetId target) throws InterruptedException;
}
