package io.holdfast.restore.replay;

import io.holdfast.repository.wal.Lsn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the log up to the end of a segment. Immutable.
 *
 * @param cut the record that goes on in the next segment
 * @param last where the last whole record begins
 * @param broken where the log is not as it has to be, if it is not: no server replays what is behind
 * @param unclear where a record creates a tablespace that was not understood: no server may replay it
 */
public record WalkedLog(
        @Nullable BegunRecord cut,
        @Nullable Lsn last,
        @Nullable Lsn broken,
        @Nullable Lsn unclear) {
    /** Nothing is known. */
    public static final WalkedLog NOTHING = new WalkedLog(null, null, null, null);

    /** Where the last whole record begins. */
    public Optional<Lsn> lastRecord() {
        return Optional.ofNullable(last);
    }

    /** Where the log is not as it has to be. */
    public Optional<Lsn> brokenAt() {
        return Optional.ofNullable(broken);
    }
}
