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
 * @param unknown whether there was no slot that kept anything, so that nothing shows up to where this server was received from
 */
record KeptLog(Lsn restart, int timeline, Optional<String> invalidated, boolean unknown) {
    private static final System.Logger LOG = System.getLogger(KeptLog.class.getName());

    /**
     * Asks the server, and sees to its slot.
     *
     * @param position how far its log reaches
     */
    static KeptLog of(ReplicationConnection connection, String slot, Lsn position, Limit limit)
            throws ReplicationException {
        PhysicalSlots slots = connection.slots();
        Optional<PhysicalSlots.Kept> found = slots.read(slot);
        Optional<String> invalidated = Optional.empty();
        boolean unknown = found.flatMap(PhysicalSlots.Kept::restart).isEmpty();
        if (found.isPresent()) {
            Optional<Lsn> restart = found.get().restart();
            if (restart.isEmpty()) {
                invalidated = Optional.of("the server invalidated its slot " + slot
                        + ", because it would have kept more than max_slot_wal_keep_size");
            } else if (limit.isPassed(position.minus(restart.get()))) {
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
        return new KeptLog(kept.restart().orElseThrow(), kept.timeline(), invalidated, unknown);
    }

    /**
     * How much a server may keep.
     *
     * @param server {@code max_slot_wal_keep_size}, which the server itself sees to; empty where there is none
     * @param own ours, for servers without one
     */
    record Limit(OptionalLong server, long own) {
        /** Whether so many bytes are more than we let a server keep that has no limit itself. */
        boolean isPassed(long keptBytes) {
            return server.isEmpty() && keptBytes > own;
        }

        long bytes() {
            return server.orElse(own);
        }

        String setting() {
            return server.isPresent() ? "max_slot_wal_keep_size" : "holdfast.stream.slot-limit";
        }
    }

    /** Tells when what a slot keeps is near its limit. */
    static void watch(StreamState state, String slot, long keptBytes, Limit limit) {
        if (keptBytes > limit.bytes() / 4 * 3) {
            state.nearLimit(Failures.failure(
                    FailureCategory.WAL_MISSING,
                    "The server keeps " + keptBytes + " bytes of log for the slot " + slot + ", of at most "
                            + limit.bytes() + " (" + limit.setting() + "). Past that they are lost for the repository.",
                    "Find out why the repository does not take them, or not as fast as they come; or raise "
                            + limit.setting() + ", where the server's disk has room."));
        } else if (keptBytes < limit.bytes() / 2) {
            state.farFromLimit();
        }
    }
}
