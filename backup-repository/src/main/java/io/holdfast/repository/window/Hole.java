package io.holdfast.repository.window;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.util.Optional;

/**
 * A piece of the log that is missing, so that nothing behind it is reached from before it.
 *
 * @param timeline on which the log is missing
 * @param firstMissing the first segment that is not there, or not wholly
 * @param from up to here everything is there
 * @param to where a segment begins of which something is stored again; empty if there is none
 * @param healedBy the first base backup behind the hole: from its end on moments can be reached again; empty while the hole
 *     is open
 */
public record Hole(
        int timeline, WalSegmentName firstMissing, Lsn from, Optional<Lsn> to, Optional<WindowBase> healedBy) {}
