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
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where receiving goes on after an interruption, so that no byte is left out that the server still has, and two histories
 * are never joined; and what is told where it no longer has it.
 */
final class Continued {
    private static final System.Logger LOG = System.getLogger(Continued.class.getName());
    private static final String SELF = "holdfast";
    /** Stored bytes that are enough to tell two histories apart; where there are fewer, the segment before is compared, too. */
    private static final int ENOUGH = 64 << 10;

    private final StreamedTarget streamed;
    private final StreamState state;
    private final KeptLog kept;
    private final SystemIdentity identity;
    private final int segmentSize;
    private final StreamSurroundings surroundings;

    Continued(
            StreamedTarget streamed,
            StreamState state,
            KeptLog kept,
            SystemIdentity identity,
            int segmentSize,
            StreamSurroundings surroundings) {
        this.streamed = streamed;
        this.state = state;
        this.kept = kept;
        this.identity = identity;
        this.segmentSize = segmentSize;
        this.surroundings = surroundings;
    }

    /** Where another cluster answers than before, that is told; its log goes to a place of its own. */
    void sameCluster() {
        Optional<Continuity> before = state.continuity();
        if (before.isEmpty() || before.get().systemIdentifier() == identity.systemIdentifier()) {
            return;
        }
        tellLoss(
                BackupKind.INCREMENTAL,
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
        state.allow();
    }

    /**
     * Where to begin: behind what is durable, by way of the server's timelines; where nothing is known, at what the slot
     * keeps. What the slot no longer keeps the server may have all the same.
     *
     * @param path of the server's present timeline
     * @param standby whether the server replays another one's log: then it may be behind for a while
     * @throws ReplicationException if the server's log is not what the repository has on its timeline: it was set back
     */
    Lineage.Start start(Lineage path, WalArchive archive, boolean standby) throws IOException {
        Optional<Refusal> refusal = state.refusal();
        if (refusal.isPresent() && refusal.get().concerns(identity)) {
            throw refusal.get().exception();
        }
        Optional<Continuity> before = state.continuity();
        if (before.isEmpty()) {
            return ofSlot();
        }
        Continuity known = before.get();
        if (refusal.isPresent()) {
            if (Integer.compareUnsigned(identity.timeline(), refusal.get().timeline()) < 0) {
                throw left(known);
            }
            return apart(path, known, refusal.get());
        }
        if (known.timeline() == identity.timeline() && known.durable().compareTo(identity.position()) > 0) {
            throw behind(known, standby);
        }
        Optional<Lineage.Start> wanted = path.after(known.timeline(), known.durable(), segmentSize);
        if (wanted.isEmpty() && Integer.compareUnsigned(identity.timeline(), known.timeline()) < 0) {
            throw left(known);
        }
        if (wanted.isEmpty()) {
            return onAnotherWay(path, archive, known);
        }
        // A base backup or an archive_command may have stored what was written meanwhile.
        boolean stored = wanted.get().position().compareTo(ofSlot().position()) < 0
                && known.timeline() == kept.timeline()
                && archive.covers(known.timeline(), known.durable(), ofSlot().position(), segmentSize)
                        .isEmpty();
        return stored ? ofSlot() : wanted.get();
    }

    private Lineage.Start ofSlot() {
        return new Lineage.Start(kept.timeline(), beginning(kept.restart()));
    }

    private Lsn beginning(Lsn position) {
        return position.plus(-position.segmentOffset(segmentSize));
    }

    private ReplicationException behind(Continuity known, boolean standby) {
        String what = "The log of " + streamed.id() + " ends at " + identity.position() + " on timeline "
                + Integer.toUnsignedString(identity.timeline()) + ", and the repository has it up to " + known.durable()
                + " already";
        if (standby) {
            return ReplicationException.of(
                    FailureCause.SERVER_INTERRUPTED,
                    what + ".",
                    "A standby that is behind catches up by itself; see whether it receives the primary's log.");
        }
        return refuse(known.timeline(), what + ": the server was set back.");
    }

    // Seen anew each time, so nothing is written down: the primary that it has to make way for may be back at once.
    private ReplicationException left(Continuity known) {
        return ReplicationException.of(
                FailureCause.SERVER_INTERRUPTED,
                "The server of " + streamed.id() + " is on timeline " + Integer.toUnsignedString(identity.timeline())
                        + ", and the repository has timeline " + Integer.toUnsignedString(known.timeline())
                        + " of it already.",
                "Is it a primary from before a promotion? Then stop it. If it is to be the primary again, give it a target of"
                        + " its own.");
    }

    private ReplicationException refuse(int timeline, String reason) {
        Refusal refusal = new Refusal(identity.systemIdentifier(), timeline, reason);
        state.refuse(refusal);
        return refusal.exception();
    }

    /** What arrived of a timeline is not what is stored. */
    ReplicationException differs(int timeline, RepositoryException.Conflict conflict) {
        ReplicationException refused = refuse(
                timeline,
                "The server of " + streamed.id() + " has another log on timeline " + Integer.toUnsignedString(timeline)
                        + " than the repository: " + conflict.what());
        refused.addSuppressed(conflict);
        return refused;
    }

    /**
     * The server that was refused is on a timeline of its own now. What it wrote before that fork may be another history than
     * what is stored, so a segment is left out between the two: nothing is recovered across it.
     */
    private Lineage.Start apart(Lineage path, Continuity before, Refusal refusal) throws ReplicationException {
        Lsn fork =
                path.present(segmentSize).map(Lineage.Start::position).orElseGet(() -> beginning(identity.position()));
        Lineage.Start start = new Lineage.Start(identity.timeline(), fork.plus(segmentSize));
        tellLoss(
                BackupKind.FULL,
                before,
                before.systemIdentifierText(),
                start.position(),
                Failures.failure(
                        FailureCategory.WAL_MISSING,
                        refusal.reason() + " It is on timeline " + Integer.toUnsignedString(identity.timeline())
                                + " now, and its log is kept from " + start.position() + " on.",
                        "Nothing is to be done; moments from now on can be recovered once the base backup is there that was"
                                + " asked for."));
        requireReached(start.position());
        state.begin(identity.systemIdentifier(), start.timeline(), start.position());
        state.allow();
        return start;
    }

    /** The base backup that was asked for ends the segment, if nobody else does. */
    private void requireReached(Lsn position) throws ReplicationException {
        if (identity.position().compareTo(position) < 0) {
            throw ReplicationException.of(
                    FailureCause.SERVER_INTERRUPTED,
                    "The log of " + streamed.id() + " is received from " + position + " on; it ends at "
                            + identity.position() + " now.",
                    "Wait for the base backup that was asked for, or select pg_switch_wal() on the server.");
        }
    }

    /**
     * The server's present timeline does not descend from the one that is stored: it begins where it forked, or earlier where
     * what leads there is not stored either.
     */
    private Lineage.Start onAnotherWay(Lineage path, WalArchive archive, Continuity known) throws IOException {
        Optional<Lineage.Start> fork = path.present(segmentSize);
        if (fork.isEmpty()) {
            throw lost(BackupKind.INCREMENTAL, null);
        }
        Optional<Lsn> left = path.end(kept.timeline());
        boolean keptEarlier = left.isPresent() && kept.restart().compareTo(left.get()) < 0;
        boolean leadsThere = !keptEarlier
                || archive.covers(kept.timeline(), kept.restart(), left.get(), segmentSize)
                        .isEmpty();
        LOG.log(
                System.Logger.Level.INFO,
                "The server of {0} is on timeline {1}, which does not come from timeline {2}",
                streamed.id(),
                Integer.toUnsignedString(identity.timeline()),
                Integer.toUnsignedString(known.timeline()));
        return leadsThere ? fork.get() : ofSlot();
    }

    /**
     * Where to receive from, so that enough of what is stored is compared with what the server has.
     *
     * @param next where it goes on
     * @return that, or a stored segment before
     */
    Lineage.Start compared(Lineage path, Lineage.Start next, WalArchive archive) throws IOException {
        Lsn durable = state.continuity()
                .filter(known -> known.timeline() == next.timeline())
                .map(Continuity::durable)
                .orElse(next.position());
        if (durable.minus(next.position()) >= ENOUGH) {
            return next;
        }
        Optional<Lineage.Start> before = path.segmentBefore(next, segmentSize);
        boolean stored = before.isPresent()
                && archive.covers(
                                before.get().timeline(),
                                before.get().position(),
                                before.get().position().plus(segmentSize),
                                segmentSize)
                        .isEmpty();
        return stored ? before.get() : next;
    }

    /**
     * Nothing is compared, since the server no longer has the segment before. A slot that has moved along with what is durable
     * shows the same history; one that was made anew shows nothing.
     */
    void requireSameSlot() throws ReplicationException {
        if (state.slotIsNew()) {
            throw lost(BackupKind.FULL, null);
        }
    }

    /**
     * The server no longer has what comes next: that is told, and a base backup asked for.
     *
     * @return to be thrown: the next session begins with what the slot keeps
     */
    ReplicationException lost(ReplicationException cause) throws ReplicationException {
        return lost(BackupKind.INCREMENTAL, cause);
    }

    private ReplicationException lost(BackupKind kind, @Nullable ReplicationException cause)
            throws ReplicationException {
        Continuity before = state.continuity().orElseThrow();
        String why = state.slotLoss().map(text -> ": " + text).orElse("");
        // At least one segment is left out, so that nothing is recovered across what may be two histories.
        Lsn behind = beginning(before.durable()).plus(segmentSize);
        boolean sameTimeline = before.timeline() == kept.timeline();
        Lsn resumed = sameTimeline && kept.restart().compareTo(behind) < 0 ? behind : kept.restart();
        tellLoss(
                kind,
                before,
                before.systemIdentifierText(),
                resumed,
                Failures.failure(
                        FailureCategory.WAL_MISSING,
                        "The server of " + streamed.id() + " no longer has its log from " + before.durable() + " to "
                                + resumed + ", which the repository lacks" + why + ".",
                        "Find out why the repository was away for so long, or the slot dropped; and raise"
                                + " max_slot_wal_keep_size where the server's disk has room."));
        requireReached(resumed);
        state.begin(identity.systemIdentifier(), kept.timeline(), resumed);
        String what = "Receiving the log of " + streamed.id() + " begins anew at " + resumed + ".";
        String hint = "Nothing is to be done; a base backup was asked for.";
        return cause == null
                ? ReplicationException.of(FailureCause.SERVER_INTERRUPTED, what, hint)
                : ReplicationException.of(FailureCause.SERVER_INTERRUPTED, what, hint, cause);
    }

    // The ids derive from what was lost: told again after a takeover, it is the same loss and the same backup. A full
    // one
    // where what is stored may be of another history: an incremental would take unchanged pages from there.
    private void tellLoss(
            BackupKind kind, Continuity before, String identifier, @Nullable Lsn resumed, Failure failure) {
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
                        kind,
                        "WAL was lost after " + before.durable() + "; moments after that need a new base backup",
                        SELF,
                        null));
    }
}
