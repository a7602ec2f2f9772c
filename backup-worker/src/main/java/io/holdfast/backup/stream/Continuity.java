package io.holdfast.backup.stream;

import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far the log of a cluster is durable in the repository, without a hole since streaming began or continuity was last
 * lost.
 *
 * @param systemIdentifier of the cluster, unsigned
 * @param durable behind the last durable byte
 * @param archivedUntil everything committed until then, by the server's clock, is durable; null where that is not known
 */
record Continuity(
        long systemIdentifier,
        int timeline,
        Lsn durable,
        @Nullable Instant archivedUntil) {
    String systemIdentifierText() {
        return Long.toUnsignedString(systemIdentifier);
    }
}
