package io.holdfast.backup.stream;

import io.holdfast.events.EventIds;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.wal.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stream that this worker holds, with what was noted and told of it. For the thread that looks after all streams. */
final class HeldStream {
    private static final Duration NOTE_EVERY = Duration.ofSeconds(10);
    /** A server that writes nothing is told of, too, but so many times less often. */
    private static final int QUIET = 5;

    private final ClusterStream stream;
    private final EventIds ids;
    private StreamTable.@Nullable Row noted;
    private @Nullable Lsn told;
    private int toldTimeline;
    private long toldSegments;
    /** Up to when everything was told to be durable. */
    private @Nullable Instant toldUntil;

    private long notedAt = System.nanoTime();
    private long toldAt = System.nanoTime();

    HeldStream(ClusterStream stream, StreamTable.Row row, EventIds ids) {
        this.stream = stream;
        this.ids = ids;
        this.noted = row;
        this.told = row.told();
        this.toldTimeline = row.told() == null ? 0 : timeline(row.continuity());
    }

    ClusterStream stream() {
        return stream;
    }

    /**
     * What is to be written down and said.
     *
     * @param segments what was completed up to then
     */
    record Report(StreamTable.Row row, List<StreamState.News> news, boolean archived, long segments) {}

    /** What is to be written down and said now, if anything is. */
    Optional<Report> due(Duration tellEvery) {
        StreamState state = stream.state();
        Continuity now = state.continuity().orElse(null);
        List<StreamState.News> waiting = state.news();
        long segments = state.segments();
        List<StreamState.News> news = new ArrayList<>(waiting);
        boolean archived = false;
        if (now != null && now.archivedUntil() != null) {
            if (told == null) {
                told = now.durable();
                toldTimeline = now.timeline();
            } else if (told.compareTo(now.durable()) > 0) {
                // Another cluster's, or a newer timeline that is received from the beginning of a segment.
                told = now.durable();
            } else if (isDue(now, told, tellEvery)) {
                archived = true;
                news.add(new StreamState.News(ids.next(), archived(now, told, segments)));
            }
        }
        StreamTable.Row row = new StreamTable.Row(
                now,
                archived && now != null ? now.durable() : told,
                withoutFailure(state.trouble()),
                state.refusal().orElse(null));
        boolean worthNoting = !row.equals(noted)
                && (System.nanoTime() - notedAt >= NOTE_EVERY.toNanos()
                        || noted == null
                        || timeline(noted.continuity()) != timeline(now)
                        || !noted.trouble().equals(row.trouble())
                        || !Objects.equals(noted.refusal(), row.refusal()));
        return news.isEmpty() && !worthNoting
                ? Optional.empty()
                : Optional.of(new Report(row, news, archived, segments));
    }

    private boolean isDue(Continuity now, Lsn told, Duration tellEvery) {
        boolean moved = !told.equals(now.durable());
        boolean later = toldUntil == null
                || (now.archivedUntil() != null && now.archivedUntil().isAfter(toldUntil));
        long since = System.nanoTime() - toldAt;
        if (moved && toldTimeline != 0 && toldTimeline != now.timeline()) {
            // Whoever shows the window has to know at once that the newest timeline is another one.
            return true;
        }
        return (moved && since >= tellEvery.toNanos()) || (later && since >= tellEvery.toNanos() * QUIET);
    }

    // A worker that takes over has to know at once on which timeline to go on; 0: on none yet.
    private static int timeline(@Nullable Continuity continuity) {
        return continuity == null ? 0 : continuity.timeline();
    }

    private static Trouble withoutFailure(Trouble trouble) {
        return new Trouble(trouble.since(), trouble.told(), null);
    }

    private WalArchived archived(Continuity now, Lsn from, long segments) {
        StreamedTarget streamed = stream.streamed();
        if (now.archivedUntil() == null) {
            throw new IllegalArgumentException("nothing is known of the time");
        }
        return new WalArchived(
                streamed.id(),
                streamed.repositoryId(),
                now.systemIdentifierText(),
                now.timeline(),
                from.toString(),
                now.durable().toString(),
                segments - toldSegments,
                now.durable().minus(from),
                now.archivedUntil(),
                stream.state().fork(now.timeline()).orElse(null));
    }

    /** The report is written down. */
    void done(Report report) {
        noted = report.row();
        notedAt = System.nanoTime();
        stream.state().said(report.news());
        if (report.archived()) {
            told = report.row().told();
            Continuity known = report.row().continuity();
            toldUntil = known == null ? null : known.archivedUntil();
            toldTimeline = timeline(known);
            toldAt = System.nanoTime();
            toldSegments = report.segments();
        }
    }
}
