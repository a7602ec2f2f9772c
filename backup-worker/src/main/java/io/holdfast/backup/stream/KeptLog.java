package io.holdfast.backup.stream;

import io.holdfast.backup.job.Failures;
import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.PhysicalSlots;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.wal.Lsn;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a server keeps for a stream: its slot, made where it is missing, made anew where it was invalidated or keeps more than
 * we let it.
 *
 * @param restart the first byte that is kept
 * @param timeline the server's timeline there
 * @param invalidated whether the slot of before could not be used any more, and why
 */
record KeptLog(Lsn restart, int timeline, Optional<String> invalidated) {
    private static final System.Logger LOG = System.getLogger(KeptLog.class.getName());

    /**
     * Asks the server.
     *
     * @param position how far its log reaches
     * @param ownLimit how much it may keep where it has no limit itself, bytes
     */
    static KeptLog of(
            ReplicationConnection connection, String slot, Lsn position, OptionalLong serverLimit, long ownLimit)
            throws ReplicationException {
        PhysicalSlots slots = connection.slots();
        Optional<PhysicalSlots.Kept> found = slots.read(slot);
        Optional<String> invalidated = Optional.empty();
        if (found.isPresent()) {
            Optional<Lsn> restart = found.get().restart();
            if (restart.isEmpty()) {
                invalidated = Optional.of("the server invalidated its slot " + slot
                        + ", because it would have kept more than max_slot_wal_keep_size");
            } else if (serverLimit.isEmpty() && position.minus(restart.get()) > ownLimit) {
                invalidated = Optional.of("its slot " + slot + " kept " + position.minus(restart.get())
                        + " bytes, more than holdfast.stream.slot-limit, and was given up");
            }
        }
        if (found.isPresent() && invalidated.isPresent()) {
            LOG.log(System.Logger.Level.WARNING, "A slot is made anew: {0}", invalidated.get());
            slots.drop(slot);
            found = Optional.empty();
        }
        if (found.isEmpty()) {
            slots.create(slot);
            found = slots.read(slot);
        }
        PhysicalSlots.Kept kept = found.filter(now -> now.restart().isPresent())
                .orElseThrow(() -> ReplicationException.of(
                        FailureCause.SERVER_ERROR,
                        "The new slot " + slot + " keeps nothing.",
                        "Look into the server's log; then try again."));
        return new KeptLog(kept.restart().orElseThrow(), kept.timeline(), invalidated);
    }

    /** Tells when what a slot keeps is near the server's limit. */
    static void watch(StreamState state, String slot, long keptBytes, OptionalLong serverLimit) {
        if (serverLimit.isEmpty()) {
            return;
        }
        long limit = serverLimit.getAsLong();
        if (keptBytes > limit / 4 * 3) {
            state.nearLimit(Failures.failure(
                    FailureCategory.WAL_MISSING,
                    "The server keeps " + keptBytes + " bytes of log for the slot " + slot + ", of at most " + limit
                            + " (max_slot_wal_keep_size). Past that they are lost for the repository.",
                    "Find out why the repository does not take them; or raise max_slot_wal_keep_size, where the"
                            + " server's disk has room, and reload the server."));
        } else if (keptBytes < limit / 2) {
            state.farFromLimit();
        }
    }
}
