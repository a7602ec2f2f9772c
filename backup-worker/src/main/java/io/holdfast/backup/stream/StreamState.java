package io.holdfast.backup.stream;

import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.Failure;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.events.wal.WalResumed;
import io.holdfast.repository.wal.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private @Nullable Continuity continuity;
    private @Nullable Lsn serverEnd;
    private @Nullable Instant serverTime;
    private Trouble trouble;
    private boolean nearLimit;
    private @Nullable String slotLoss;
    private long segments;

    /** An event that is to be said. */
    record News(EventId id, EventData event) {}

    /** @param continuity how far an earlier worker was, if there was one */
    StreamState(
            StreamedTarget streamed,
            @Nullable Continuity continuity,
            Trouble trouble,
            EventIds ids,
            InstantSource clock,
            Duration tellAfter) {
        this.streamed = streamed;
        this.continuity = continuity;
        this.trouble = trouble;
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
    synchronized void durable(int timeline, Lsn durable, Optional<Instant> archivedUntil, int completed) {
        Continuity known = continuity;
        if (known == null) {
            throw new IllegalStateException("nothing was begun");
        }
        Instant until = archivedUntil
                .filter(time -> known.archivedUntil() == null || time.isAfter(known.archivedUntil()))
                .orElse(known.archivedUntil());
        continuity = new Continuity(known.systemIdentifier(), timeline, later(known, timeline, durable), until);
        segments += completed;
    }

    /** The server's log reaches up to here. */
    synchronized void server(Lsn end, Instant time) {
        serverEnd = end;
        serverTime = time;
    }

    /** How far the server's log reaches, when it was last heard of. */
    synchronized Optional<Lsn> serverEnd() {
        return Optional.ofNullable(serverEnd);
    }

    /** When the server was last heard of, by its own clock. */
    synchronized Optional<Instant> serverTime() {
        return Optional.ofNullable(serverTime);
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
        Trouble.Told told = trouble.failed(failure, clock.instant(), tellAfter);
        trouble = told.now();
        told.interrupted().ifPresent(this::interrupted);
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
            trouble = new Trouble(trouble.since() == null ? clock.instant() : trouble.since(), true, failure);
            interrupted(failure);
        }
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
        say(ids.next(), event);
    }

    /** Has an event said; one with the same id is said once. */
    synchronized void say(EventId id, EventData event) {
        if (news.stream().noneMatch(waiting -> waiting.id().equals(id))) {
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
