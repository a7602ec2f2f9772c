package io.holdfast.backup.gap;

import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a server's log is, and up to where it was made durable, as whoever stores it says.
 *
 * @param target whose log it is
 * @param systemIdentifier of the cluster, decimal
 * @param timeline on which the server is, unsigned 32 bits
 * @param server up to where the server has flushed its log, as far as it was heard of
 * @param durable up to where it is said to be in the repository, on that timeline; {@link Lsn#ZERO} where nothing is said
 * @param serverTime by the server's clock; null where it was not heard of
 */
public record WalPosition(
        String target,
        String systemIdentifier,
        int timeline,
        Lsn server,
        Lsn durable,
        @Nullable Instant serverTime) {

    /** This, with what an earlier one said to be durable if this does not say more. */
    WalPosition after(WalPosition earlier) {
        boolean isSame = systemIdentifier.equals(earlier.systemIdentifier) && timeline == earlier.timeline;
        return isSame && earlier.durable.compareTo(durable) > 0
                ? new WalPosition(target, systemIdentifier, timeline, server, earlier.durable, serverTime)
                : this;
    }
}
