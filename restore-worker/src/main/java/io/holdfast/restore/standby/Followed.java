package io.holdfast.restore.standby;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a standby is.
 *
 * @param upToDate when it last had all that was stored; before this worker saw it so, when this worker began
 * @param lsn how far it had replayed when it was last asked; absent: it did not answer
 * @param lastTransaction when the last transaction that it has was committed; absent: none since it began, or it did not answer
 * @param trouble why it is not answered just now; absent: it is
 */
public record Followed(
        Standby standby,
        Instant upToDate,
        @Nullable String lsn,
        @Nullable Instant lastTransaction,
        @Nullable String trouble) {}
