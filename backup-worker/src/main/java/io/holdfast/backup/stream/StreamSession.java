package io.holdfast.backup.stream;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SystemIdentity;
import io.holdfast.backup.replication.WalEvent;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.window.TimelineAncestry;
import io.holdfast.repository.window.WalTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Receives a cluster's log over one connection, across the ends of timelines, until it is stopped or something fails. For
 * one thread.
 */
final class StreamSession {
    private static final System.Logger LOG = System.getLogger(StreamSession.class.getName());
    private static final Duration WORD_EVERY = Duration.ofSeconds(1);

    private final StreamedTarget streamed;
    private final StreamSurroundings surroundings;
    private final StreamState state;
    private final ReplicationConnection connection;
    private final SystemIdentity identity;
    private final int segmentSize;
    private final Preflight preflight;
    private final KeptLog.Limit limit;
    private final KeptLog kept;

    private StreamSession(
            StreamedTarget streamed,
            StreamSurroundings surroundings,
            StreamState state,
            ReplicationConnection connection,
            SystemIdentity identity,
            int segmentSize,
            Preflight preflight,
            KeptLog.Limit limit,
            KeptLog kept) {
        this.streamed = streamed;
        this.surroundings = surroundings;
        this.state = state;
        this.connection = connection;
        this.identity = identity;
        this.segmentSize = segmentSize;
        this.preflight = preflight;
        this.limit = limit;
        this.kept = kept;
    }

    /** Looks at the server, and sees to its slot: also while the repository is away, the server must not fill up. */
    static StreamSession open(
            StreamedTarget streamed,
            StreamSurroundings surroundings,
            StreamState state,
            ReplicationConnection connection,
            String address)
            throws ReplicationException {
        SystemIdentity identity = connection.identifySystem();
        Preflight preflight = Preflight.of(connection, address);
        KeptLog.Limit limit = new KeptLog.Limit(
                preflight.slotLimit(), surroundings.config().slotLimit().asLongValue());
        KeptLog kept = KeptLog.of(connection, streamed.slot(), identity.position(), limit);
        kept.invalidated().ifPresent(state::slotLost);
        if (kept.unknown()) {
            state.slotMade();
        }
        KeptLog.watch(state, streamed.slot(), identity.position().minus(kept.restart()), limit);
        int segmentSize = connection.walSegmentSize();
        return new StreamSession(
                streamed, surroundings, state, connection, identity, segmentSize, preflight, limit, kept);
    }

    /** What the server's settings mean. */
    Preflight preflight() {
        return preflight;
    }

    /**
     * Receives.
     *
     * @param folder for segments while they stream in
     * @param stopped asked about once a second; returns once what has arrived is durable
     */
    void run(Repository repository, Path folder, BooleanSupplier stopped) throws IOException {
        Place place = Place.ofSystemIdentifier(identity.systemIdentifier());
        WalArchive archive = repository.at(streamed.storedTarget(), place).wal(folder);
        Continued continued = new Continued(streamed, state, kept, identity, segmentSize, surroundings);
        continued.sameCluster();
        Lineage path = path(archive);
        path.timelines()
                .forEach(section ->
                        path.fork(section.timeline()).ifPresent(fork -> state.forked(section.timeline(), fork)));
        boolean knownBefore = state.continuity().isPresent();
        Lineage.Start next = continued.start(path, archive, connection.isStandby());
        state.begin(identity.systemIdentifier(), next.timeline(), next.position());
        Lineage.Start from = knownBefore ? continued.compared(path, next, archive) : next;
        boolean first = true;
        while (true) {
            boolean comparing = from.timeline() != next.timeline();
            // What is only compared is neither stored nor confirmed, up to its end.
            Lsn durable = comparing
                    ? path.end(from.timeline()).orElseThrow().plus(1)
                    : state.continuity().orElseThrow().durable();
            Recorder recorder = new Recorder(
                    repository, place, next.timeline(), durable, next.timeline() == identity.timeline() && !comparing);
            LOG.log(
                    System.Logger.Level.INFO,
                    "The log of {0} is received from {1} on timeline {2}",
                    streamed.id(),
                    from.position(),
                    Integer.toUnsignedString(from.timeline()));
            Optional<WalEvent.TimelineEnd> end;
            try {
                end = receive(repository, archive, from, durable, recorder, stopped);
                recorder.flush();
            } catch (RepositoryException e) {
                recorder.flushAfter(e);
                if (e instanceof RepositoryException.Conflict conflict && conflict.isOfContent()) {
                    throw continued.differs(from.timeline(), conflict);
                }
                throw e;
            } catch (ReplicationException e) {
                recorder.flushAfter(e);
                if (!from.equals(next) && StreamFailures.walIsGone(e)) {
                    continued.requireSameSlot();
                    from = next;
                    continue;
                }
                if (first && !recorder.moved && StreamFailures.walIsGone(e)) {
                    throw continued.lost(e);
                }
                if (first && !recorder.moved && StreamFailures.slotIsUnusable(e)) {
                    // Invalidated in a way that does not show before; the next session makes a new one.
                    connection.slots().drop(streamed.slot());
                }
                throw e;
            }
            if (end.isEmpty()) {
                return;
            }
            first = false;
            WalEvent.TimelineEnd ended = end.get();
            archive.putHistory(
                    ended.nextTimeline(),
                    connection.timelineHistory(ended.nextTimeline()).content());
            state.forked(
                    ended.nextTimeline(),
                    new WalArchived.TimelineFork(
                            from.timeline(), ended.nextStart().toString()));
            next = new Lineage.Start(
                    ended.nextTimeline(),
                    ended.nextStart().plus(-ended.nextStart().segmentOffset(segmentSize)));
            from = next;
            state.begin(identity.systemIdentifier(), next.timeline(), next.position());
        }
    }

    /** The server's timelines; their history is kept as well. */
    private Lineage path(WalArchive archive) throws IOException {
        if (identity.timeline() == 1) {
            return Lineage.of(TimelineAncestry.root(1));
        }
        byte[] history = connection.timelineHistory(identity.timeline()).content();
        archive.putHistory(identity.timeline(), history);
        Lineage path = Lineage.of(ancestry(history));
        for (Lineage.Section section : path.timelines()) {
            if (section.timeline() != 1 && section.timeline() != identity.timeline()) {
                putEarlierHistory(archive, section.timeline());
            }
        }
        return path;
    }

    private TimelineAncestry ancestry(byte[] history) throws ReplicationException {
        try {
            return TimelineAncestry.parse(identity.timeline(), history);
        } catch (MalformedException e) {
            throw ReplicationException.of(
                    FailureCause.PROTOCOL_VIOLATION,
                    "The history of timeline " + Integer.toUnsignedString(identity.timeline()) + " that the server of "
                            + streamed.id() + " sent cannot be read: " + e.getMessage() + ".",
                    "Look at the .history file in pg_wal of the server.",
                    e);
        }
    }

    private void putEarlierHistory(WalArchive archive, int timeline) throws IOException {
        if (archive.history(timeline).isPresent()) {
            return;
        }
        byte[] content;
        try {
            content = connection.timelineHistory(timeline).content();
        } catch (ReplicationException e) {
            if (StreamFailures.walIsGone(e)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "The server of {0} no longer has the history of timeline {1}; the newest one covers it.",
                        streamed.id(),
                        Integer.toUnsignedString(timeline));
                return;
            }
            throw e;
        }
        archive.putHistory(timeline, content);
    }

    private Optional<WalEvent.TimelineEnd> receive(
            Repository repository,
            WalArchive archive,
            Lineage.Start start,
            Lsn durable,
            Recorder recorder,
            BooleanSupplier stopped)
            throws IOException {
        try (TimelineReceiver receiver = new TimelineReceiver(
                connection.startReplication(
                        streamed.slot(), start.position(), start.timeline(), surroundings.clock(), WORD_EVERY),
                archive,
                new TimelineReceiver.Stretch(start.timeline(), start.position(), durable, kept.restart(), segmentSize),
                surroundings.uploads().apply(streamed.repositoryId()),
                surroundings.config().incrementAfter(),
                repository::requirePresent,
                recorder)) {
            return receiver.run(stopped);
        }
    }

    /** Notes what happens, for those who tell of it. */
    private final class Recorder implements TimelineReceiver.Progress {
        private static final Duration INDEX_EVERY = Duration.ofMinutes(1);

        private final Repository repository;
        private final Place place;
        private final int timeline;
        private final boolean present;
        private final Samples samples = new Samples();
        private long indexedAt = System.nanoTime();
        private final Lsn before;
        private volatile boolean moved;
        private volatile boolean movedSinceLooked;

        /**
         * @param before what was durable when it began
         * @param present whether the server writes on this timeline: of an earlier one it says how far it went, not how far it
         *     is by now
         */
        Recorder(Repository repository, Place place, int timeline, Lsn before, boolean present) {
            this.before = before;
            this.repository = repository;
            this.place = place;
            this.timeline = timeline;
            this.present = present;
        }

        @Override
        public void server(Lsn end, Instant time) {
            state.server(end, time);
        }

        @Override
        public void committed(Instant until, Lsn end) {
            // A standby's clock tells when it sent something, not when its primary had written no more than that.
            if (present && !connection.isStandby()) {
                note(until, end);
            }
        }

        private void note(Instant until, Lsn end) {
            samples.note(until, end);
            state.continuity().ifPresent(known -> samples.durable(known.durable()));
        }

        @Override
        public void durable(Lsn position, int completed) {
            if (position.compareTo(before) > 0) {
                moved = true;
                movedSinceLooked = true;
                state.wentOn();
            }
            samples.durable(position);
            state.durable(timeline, position, completed);
            samples.archivedUntil().ifPresent(state::archived);
        }

        @Override
        public void passed() throws IOException {
            if (present) {
                state.takeReplayed().ifPresent(sample -> note(sample.time(), sample.position()));
            }
            samples.archivedUntil().ifPresent(state::archived);
            behind().ifPresent(bytes -> KeptLog.watch(state, streamed.slot(), bytes, limit));
            // That the server answers shows nothing about the repository; that something was stored does.
            if (movedSinceLooked || behind().orElse(1L) == 0) {
                movedSinceLooked = false;
                state.works();
            }
            surroundings.observer().observed(streamed, state);
            if (System.nanoTime() - indexedAt >= INDEX_EVERY.toNanos()) {
                flush();
            }
        }

        private Optional<Long> behind() {
            return state.continuity()
                    .flatMap(known -> state.serverEnd().map(end -> Math.max(0, end.minus(known.durable()))));
        }

        void flush() throws RepositoryException {
            indexedAt = System.nanoTime();
            List<WalTime> times = samples.take().stream()
                    .map(sample -> new WalTime(sample.time(), sample.position()))
                    .toList();
            repository.walTimes(streamed.storedTarget(), place).add(timeline, times);
        }

        // Samples that are lost make the index coarser; what broke the stream is what is to be heard of.
        void flushAfter(IOException failure) {
            try {
                flush();
            } catch (RepositoryException e) {
                failure.addSuppressed(e);
            }
        }
    }
}
