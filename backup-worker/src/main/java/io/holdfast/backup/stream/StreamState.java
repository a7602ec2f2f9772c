package io.holdfast.backup.stream;

import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.Failure;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.events.wal.WalResumed;
import io.holdfast.repository.wal.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream stands, between the thread that receives and those that tell of it. What is to be told waits here until it
 * was noted in the outbox. Thread safe.
 */
final class StreamState {
    private final StreamedTarget streamed;
    private final InstantSource clock;
    private final EventIds ids;
    private final Duration tellAfter;
    private final List<News> news = new ArrayList<>();
    /** Of what was lost; there is little of that in the life of a stream. */
    private final Set<EventId> saidOnce = new HashSet<>();

    private @Nullable Continuity continuity;
    private @Nullable Lsn serverEnd;
    private @Nullable Instant serverTime;
    private long heardAt;
    private Trouble trouble;
    private @Nullable Refusal refusal;
    private boolean nearLimit;
    private @Nullable String slotLoss;
    private boolean slotIsNew;
    private long segments;
    private Samples.@Nullable Sample replayed;
    /** Where timelines left the ones before; of those that were met. */
    private final Map<Integer, WalArchived.TimelineFork> forks = new HashMap<>();

    /** An event that is to be said. */
    record News(EventId id, EventData event) {}

    /**
     * @param continuity how far an earlier worker was, if there was one
     * @param refusal whether it refused the server, and why
     */
    StreamState(
            StreamedTarget streamed,
            @Nullable Continuity continuity,
            Trouble trouble,
            @Nullable Refusal refusal,
            EventIds ids,
            InstantSource clock,
            Duration tellAfter) {
        this.streamed = streamed;
        this.continuity = continuity;
        this.trouble = trouble;
        this.refusal = refusal;
        this.ids = ids;
        this.clock = clock;
        this.tellAfter = tellAfter;
    }

    /** How far the log is durable, as far as that is known. */
    synchronized Optional<Continuity> continuity() {
        return Optional.ofNullable(continuity);
    }

    /** Receiving begins here: everything before is durable, or lost. */
    synchronized void begin(long systemIdentifier, int timeline, Lsn from) {
        Continuity known = continuity;
        if (known == null || known.systemIdentifier() != systemIdentifier) {
            continuity = new Continuity(systemIdentifier, timeline, from, null);
        } else {
            continuity =
                    new Continuity(systemIdentifier, timeline, later(known, timeline, from), known.archivedUntil());
        }
    }

    // The beginning of a segment is received again after an interruption; what was durable is so still.
    private static Lsn later(Continuity known, int timeline, Lsn position) {
        return known.timeline() == timeline && known.durable().compareTo(position) > 0 ? known.durable() : position;
    }

    /** Everything before this position of the timeline is durable. */
    synchronized void durable(int timeline, Lsn durable, int completed) {
        Continuity known = begun();
        continuity = new Continuity(
                known.systemIdentifier(), timeline, later(known, timeline, durable), known.archivedUntil());
        segments += completed;
    }

    /** Everything that was committed until then, by the server's clock, is durable. */
    synchronized void archived(Instant until) {
        Continuity known = begun();
        continuity = new Continuity(known.systemIdentifier(), known.timeline(), known.durable(), until);
    }

    private Continuity begun() {
        Continuity known = continuity;
        if (known == null) {
            throw new IllegalStateException("nothing was begun");
        }
        return known;
    }

    /** The server's log reaches up to here. */
    synchronized void server(Lsn end, Instant time) {
        server(end);
        serverTime = time;
    }

    /** The same, from somebody who does not know the server's time. */
    synchronized void server(Lsn end) {
        serverEnd = end;
        heardAt = System.nanoTime();
    }

    /** Whether the server was heard of within the last so long. */
    synchronized boolean heardWithin(Duration time) {
        return serverEnd != null && System.nanoTime() - heardAt < time.toNanos();
    }

    /** How far the server's log reaches, when it was last heard of. */
    synchronized Optional<Lsn> serverEnd() {
        return Optional.ofNullable(serverEnd);
    }

    /** When the server was last heard of, by its own clock. */
    synchronized Optional<Instant> serverTime() {
        return Optional.ofNullable(serverTime);
    }

    /** What a standby has replayed, as it said last. */
    synchronized void replayed(Samples.Sample sample) {
        replayed = sample;
    }

    /** What a standby has replayed, if it said that since this was last asked. */
    synchronized Optional<Samples.Sample> takeReplayed() {
        Optional<Samples.Sample> taken = Optional.ofNullable(replayed);
        replayed = null;
        return taken;
    }

    /** Where a timeline left the one before it is known. */
    synchronized void forked(int timeline, WalArchived.TimelineFork from) {
        forks.put(timeline, from);
    }

    /** Where a timeline left the one before it, if that is known. */
    synchronized Optional<WalArchived.TimelineFork> fork(int timeline) {
        return Optional.ofNullable(forks.get(timeline));
    }

    /** Segments that were completed so far. */
    synchronized long segments() {
        return segments;
    }

    synchronized Trouble trouble() {
        return trouble;
    }

    /** It stands still; told when it is time. */
    synchronized void failed(Failure failure) {
        standsSince(clock.instant(), failure);
    }

    /** It stands still since then, as somebody sees who does not receive; where a cause is known, that is what is told. */
    synchronized void stands(Instant since, Failure failure) {
        standsSince(since, trouble.failure() == null ? failure : trouble.failure());
    }

    private void standsSince(Instant since, Failure failure) {
        Trouble.Told told = trouble.failed(failure, since, clock.instant(), tellAfter);
        trouble = told.now();
        told.interrupted().ifPresent(this::interrupted);
    }

    /** The server is not to be received from, until it is on another timeline. */
    synchronized void refuse(Refusal why) {
        refusal = why;
    }

    /** What kept the server from being received from does so no longer. */
    synchronized void allow() {
        refusal = null;
    }

    /** Why the server is not received from, if it was refused. */
    synchronized Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** It goes on; while the server keeps nearly as much as it may, that is not enough. */
    synchronized void works() {
        if (nearLimit) {
            return;
        }
        slotLoss = null;
        Trouble.Told told = trouble.works();
        trouble = told.now();
        told.resumedSince()
                .ifPresent(
                        since -> say(new WalResumed(streamed.id(), streamed.repositoryId(), since, clock.instant())));
    }

    /** What the server keeps is near its limit; told once, until {@link #farFromLimit}. */
    synchronized void nearLimit(Failure failure) {
        if (!nearLimit) {
            nearLimit = true;
            tell(failure);
        }
    }

    /** Something is said at once, whatever was said before. */
    synchronized void tell(Failure failure) {
        trouble = new Trouble(trouble.since() == null ? clock.instant() : trouble.since(), true, failure);
        interrupted(failure);
    }

    /** The slot was made just now: by itself it does not show that the server has the same history. */
    synchronized void slotMade() {
        slotIsNew = true;
    }

    /** Whether the slot was made, and nothing has become durable since. */
    synchronized boolean slotIsNew() {
        return slotIsNew;
    }

    /** What arrived goes on from what is durable. */
    synchronized void wentOn() {
        slotIsNew = false;
    }

    /** The slot had to be made anew, and why; kept until {@link #works}. */
    synchronized void slotLost(String why) {
        slotLoss = why;
    }

    /** Why the slot had to be made anew, if it had since the log last arrived. */
    synchronized Optional<String> slotLoss() {
        return Optional.ofNullable(slotLoss);
    }

    synchronized void farFromLimit() {
        nearLimit = false;
    }

    private void interrupted(Failure failure) {
        Instant since = trouble.since() == null ? clock.instant() : trouble.since();
        say(new WalInterrupted(
                streamed.id(),
                streamed.repositoryId(),
                since,
                continuity == null ? null : continuity.archivedUntil(),
                failure));
    }

    private void say(EventData event) {
        news.add(new News(ids.next(), event));
    }

    /** Has an event said; one with the same id is said once. */
    synchronized void say(EventId id, EventData event) {
        if (saidOnce.add(id)) {
            news.add(new News(id, event));
        }
    }

    /** What waits to be said, oldest first. */
    synchronized List<News> news() {
        return List.copyOf(news);
    }

    /** These were said. */
    synchronized void said(List<News> done) {
        news.removeAll(done);
    }
}
