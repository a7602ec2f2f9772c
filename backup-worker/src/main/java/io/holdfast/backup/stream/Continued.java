package io.holdfast.backup.stream;

import io.holdfast.backup.job.Failures;
import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SystemIdentity;
import io.holdfast.events.BackupKind;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where receiving goes on after an interruption, so that no byte is left out that the server still has; and what is told
 * where it no longer has it.
 */
final class Continued {
    private static final String SELF = "holdfast";

    private final StreamedTarget streamed;
    private final StreamState state;
    private final KeptLog kept;
    private final StreamSurroundings surroundings;

    Continued(StreamedTarget streamed, StreamState state, KeptLog kept, StreamSurroundings surroundings) {
        this.streamed = streamed;
        this.state = state;
        this.kept = kept;
        this.surroundings = surroundings;
    }

    /** Where another cluster answers than before, that is told; its log goes to a place of its own. */
    void sameCluster(SystemIdentity identity) {
        Optional<Continuity> before = state.continuity();
        if (before.isEmpty() || before.get().systemIdentifier() == identity.systemIdentifier()) {
            return;
        }
        tellLoss(
                before.get(),
                Long.toUnsignedString(identity.systemIdentifier()),
                null,
                Failures.failure(
                        FailureCategory.CONFIGURATION,
                        "Another cluster answers for " + streamed.id() + ": its system identifier is "
                                + Long.toUnsignedString(identity.systemIdentifier()) + ", it was "
                                + before.get().systemIdentifierText() + " before.",
                        "If it was made anew on purpose, nothing is to be done: its backups lie in a place of their own."
                                + " Else correct host and port of the target."));
        state.begin(identity.systemIdentifier(), kept.timeline(), kept.restart());
    }

    /**
     * Where to begin: behind what is durable, by way of the server's timelines; where nothing is known, at what the slot
     * keeps. What the slot no longer keeps the server may have all the same.
     *
     * @param path of the server's present timeline
     * @throws ReplicationException if the server's log ends before what is durable: it was set back
     */
    TimelinePath.Start start(SystemIdentity identity, TimelinePath path, WalArchive archive, int segmentSize)
            throws IOException {
        TimelinePath.Start ofSlot = new TimelinePath.Start(
                kept.timeline(), kept.restart().plus(-kept.restart().segmentOffset(segmentSize)));
        Optional<Continuity> before = state.continuity();
        if (before.isEmpty()) {
            return ofSlot;
        }
        Continuity known = before.get();
        if (known.timeline() == identity.timeline() && known.durable().compareTo(identity.position()) > 0) {
            throw setBack(known, identity);
        }
        Optional<TimelinePath.Start> wanted = path.after(known.timeline(), known.durable(), segmentSize);
        if (wanted.isEmpty()) {
            return ofSlot;
        }
        // A base backup or an archive_command may have stored what was written meanwhile.
        boolean stored = wanted.get().position().compareTo(ofSlot.position()) < 0
                && known.timeline() == kept.timeline()
                && archive.covers(known.timeline(), known.durable(), ofSlot.position(), segmentSize)
                        .isEmpty();
        return stored ? ofSlot : wanted.get();
    }

    private ReplicationException setBack(Continuity known, SystemIdentity identity) {
        return ReplicationException.of(
                FailureCause.SERVER_ERROR,
                "The log of " + streamed.id() + " ends at " + identity.position() + " on timeline "
                        + Integer.toUnsignedString(identity.timeline()) + ", and the repository has it up to "
                        + known.durable() + " already.",
                "A standby that is behind catches up by itself. A server that was set back, such as by a snapshot, has to be"
                        + " given a timeline of its own (recovery.signal and pg_promote), or a target of its own.");
    }

    /**
     * The server no longer has what comes next: that is told, and a base backup asked for.
     *
     * @return to be thrown: the next session begins with what the slot keeps
     */
    ReplicationException lost(SystemIdentity identity, ReplicationException cause) {
        Continuity before = state.continuity().orElseThrow();
        String why = state.slotLoss().map(text -> ": " + text).orElse("");
        tellLoss(
                before,
                before.systemIdentifierText(),
                kept.restart(),
                Failures.failure(
                        FailureCategory.WAL_MISSING,
                        "The server of " + streamed.id() + " no longer has its log from " + before.durable() + " to "
                                + kept.restart() + ", which the repository lacks" + why + ".",
                        "Find out why the repository was away for so long, or the slot dropped; and raise"
                                + " max_slot_wal_keep_size where the server's disk has room."));
        state.begin(identity.systemIdentifier(), kept.timeline(), kept.restart());
        return ReplicationException.of(
                FailureCause.SERVER_INTERRUPTED,
                "Receiving the log of " + streamed.id() + " begins anew at " + kept.restart() + ".",
                "Nothing is to be done; a base backup was asked for.",
                cause);
    }

    // The ids derive from what was lost: told again after a takeover, it is the same loss and the same backup.
    private void tellLoss(Continuity before, String identifier, @Nullable Lsn resumed, Failure failure) {
        String from = before.systemIdentifierText() + "/" + before.timeline() + "/" + before.durable();
        EventId request = EventId.derived("wal", "backup", streamed.id().value(), identifier, from);
        state.say(
                EventId.derived("wal", "lost", streamed.id().value(), identifier, from),
                new ContinuityLost(
                        streamed.id(),
                        streamed.repositoryId(),
                        identifier,
                        before.timeline(),
                        before.durable().toString(),
                        resumed == null ? null : resumed.toString(),
                        before.archivedUntil(),
                        failure,
                        request,
                        surroundings.clock().instant()));
        state.say(
                request,
                new BackupRequested(
                        streamed.id(),
                        BackupKind.INCREMENTAL,
                        "WAL was lost after " + before.durable() + "; moments after that need a new base backup",
                        SELF,
                        null));
    }
}
