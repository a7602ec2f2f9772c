package io.holdfast.backup.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.backup.replication.PhysicalSlots;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.source.SourceCluster;
import io.holdfast.backup.source.SourceServer;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Drops the slot of a target that is not streamed any more, on every server of its cluster: one that does not answer keeps no
 * other one from being asked. One try, in a thread of its own.
 */
final class SlotFarewell {
    private static final System.Logger LOG = System.getLogger(SlotFarewell.class.getName());
    private static final String APPLICATION = "holdfast_slots";
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final int TRIES = 50;

    private final TargetId target;
    private final String definition;
    private final StreamSurroundings surroundings;
    private final Thread thread;
    private volatile boolean complete;

    private SlotFarewell(TargetId target, String definition, StreamSurroundings surroundings) {
        this.target = target;
        this.definition = definition;
        this.surroundings = surroundings;
        this.thread = Thread.ofVirtual().name("wal-drop-" + target).unstarted(this::run);
    }

    /**
     * Begins.
     *
     * @param definition of the target as it was streamed last, as {@link #written}
     */
    static SlotFarewell start(TargetId target, String definition, StreamSurroundings surroundings) {
        SlotFarewell farewell = new SlotFarewell(target, definition, surroundings);
        farewell.thread.start();
        return farewell;
    }

    /** A definition as it is kept; it holds references to secrets, no secret. */
    static String written(TargetDefined defined) {
        try {
            return JSON.writeValueAsString(defined);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every definition can be written as JSON", e);
        }
    }

    boolean hasEnded() {
        return !thread.isAlive();
    }

    /** Whether each server has answered that it has no such slot any more. */
    boolean isComplete() {
        return complete;
    }

    private void run() {
        try (WorkFolder folder = WorkFolder.below(surroundings.workDirectory())) {
            TargetDefined defined = JSON.readValue(definition, TargetDefined.class);
            boolean all = true;
            for (SourceServer member :
                    surroundings.servers().of(defined.postgres(), folder).members()) {
                all &= isGoneFrom(member);
            }
            complete = all;
        } catch (IOException | SecretException e) {
            warn("any server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isGoneFrom(SourceServer member) throws InterruptedException {
        try (ReplicationConnection opened = ReplicationConnection.open(member.connection(), APPLICATION)) {
            drop(opened.slots());
            return true;
        } catch (ReplicationException e) {
            warn(SourceCluster.address(member), e);
            return false;
        }
    }

    private void warn(String where, Exception e) {
        String slot = SlotName.of(target);
        LOG.log(
                System.Logger.Level.WARNING,
                "The slot " + slot + " of " + target + ", which is not streamed any more, could not be dropped on "
                        + where + "; that is tried again. HINT: select pg_drop_replication_slot('" + slot
                        + "') there, if the server is there still and no worker reaches it: it keeps the server's log. ("
                        + e.getMessage() + ")");
    }

    private void drop(PhysicalSlots slots) throws ReplicationException, InterruptedException {
        String slot = SlotName.of(target);
        for (int left = TRIES; slots.read(slot).isPresent(); left--) {
            try {
                slots.drop(slot);
                LOG.log(System.Logger.Level.INFO, "The slot {0} was dropped", slot);
            } catch (ReplicationException e) {
                // The server may not have noticed yet that the stream's own connection has ended.
                if (left == 0 || !StreamFailures.slotIsInUse(e)) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }
}
