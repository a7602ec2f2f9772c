package io.holdfast.restore.replay;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.RunAs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Answers a standby: hands it each segment as far as it is stored, again when more of it is, and complete ones ahead while the
 * standby has to catch up, within the room that they may take. What cannot be answered is left open; the standby asks again.
 * Thread safe.
 */
public final class StandbyFeed implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StandbyFeed.class.getName());
    private static final long LOOK_MILLIS = 50;
    private static final int LEAST_AHEAD = 2;
    private static final int REMEMBERED = 16;
    private static final Lsn EVERYTHING = new Lsn(-1L);
    /** A server that lost what it had taken asks for it again, and gets it. */
    private static final Duration SERVED_AGAIN_AFTER = Duration.ofSeconds(30);

    private final StandbyFolder folder;
    private final StandbyWal from;
    private final int ahead;
    private final Clock clock;
    private final Thread looker;
    private final Map<String, Served> served = new LinkedHashMap<>();
    private final Set<String> ready = new HashSet<>();
    private final WalkedSegments walked;
    private final AtomicReference<@Nullable Instant> upToDate = new AtomicReference<>();
    private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
    private @Nullable WalSegmentName next;
    private @Nullable WalSegmentName endsBefore;
    private Instant lookedAt = Instant.EPOCH;
    private volatile boolean closed;

    /** How much of a segment the server was handed, and when. */
    private record Served(int reach, Instant at) {}

    private StandbyFeed(StandbyFolder folder, StandbyWal from, long room, Clock clock) {
        this.folder = folder;
        this.from = from;
        this.ahead = (int) Math.min(Integer.MAX_VALUE, Math.max(LEAST_AHEAD, room / from.segmentSize()));
        this.clock = clock;
        this.walked = new WalkedSegments(ahead + LEAST_AHEAD);
        this.looker = Thread.ofPlatform().name("standby-feed").daemon().unstarted(this::look);
    }

    /**
     * Begins to answer.
     *
     * @param top the folder: beside the data directory, so that files are moved there and not copied; the server's user cannot
     *     write to its parent
     * @param room how many bytes of segments may lie in the folder; two segments at least
     */
    public static StandbyFeed open(Path top, RunAs runAs, StandbyWal from, long room, Clock clock) throws IOException {
        StandbyFeed feed = new StandbyFeed(StandbyFolder.open(top, runAs), from, room, clock);
        feed.looker.start();
        return feed;
    }

    /** What a standby runs to get a file of a folder, whether it is answered just now or not. */
    public static String restoreCommand(Path top) {
        return StandbyFolder.restoreCommand(top);
    }

    /** When the standby last had all that was stored; empty if not since this began. */
    public Optional<Instant> upToDate() {
        return Optional.ofNullable(upToDate.get());
    }

    /** Why the last question was left open, if it was. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble.get());
    }

    /** Whether it still answers. */
    public boolean isAlive() {
        return looker.isAlive();
    }

    private void look() {
        try {
            while (!closed) {
                ready.removeIf(name -> !folder.isReady(name));
                for (String name : folder.takeAsked()) {
                    answer(name);
                }
                handAhead();
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (IOException e) {
            // The folder is gone, or cannot be written to: whoever keeps us sees that we ended, and tries anew.
            leftOpen(e);
        } catch (InterruptedException toEnd) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(String name) throws IOException {
        try {
            if (name.endsWith(".history")) {
                answerHistory(name);
            } else {
                answerSegment(new WalSegmentName(name));
            }
            trouble.set(null);
        } catch (RepositoryException e) {
            leftOpen(e);
        }
    }

    private void leftOpen(IOException e) {
        String why = String.valueOf(e.getMessage());
        if (!why.equals(trouble.getAndSet(why))) {
            LOG.log(System.Logger.Level.WARNING, "A standby is not served: " + why);
        }
    }

    private void answerHistory(String name) throws IOException {
        Optional<byte[]> content = from.wal().history(Integer.parseUnsignedInt(name, 0, 8, 16));
        if (content.isPresent()) {
            folder.make(name, new ByteArrayInputStream(content.get()));
            folder.put(name);
            ready.add(name);
        } else {
            from.presence().require();
            folder.putNone(name);
        }
    }

    private void answerSegment(WalSegmentName segment) throws IOException {
        String name = segment.value();
        if (ready.contains(name)) {
            return;
        }
        takeBackOthers(segment);
        int reach = from.wal().reach(segment, from.segmentSize());
        Served before = served.get(name);
        boolean has = before != null
                && before.reach() >= reach
                && before.at().plus(SERVED_AGAIN_AFTER).isAfter(clock.instant());
        if (reach == 0) {
            from.presence().require();
            requireNoHole(segment);
        }
        if (reach == 0 || has) {
            upToDate.set(clock.instant());
            folder.putNone(name);
            return;
        }
        hand(segment, reach);
        next = following(segment);
    }

    /** A segment that is missing is not the end of the log. Looked for now and then: most often there is none. */
    private void requireNoHole(WalSegmentName missing) throws RepositoryException {
        Instant now = clock.instant();
        boolean known =
                missing.equals(endsBefore) && lookedAt.plus(SERVED_AGAIN_AFTER).isAfter(now);
        if (known) {
            return;
        }
        endsBefore = null;
        if (from.wal().reach(following(missing), from.segmentSize()) > 0) {
            throw new RepositoryException.NotFound(
                    "The WAL segment " + missing + " is missing, though what follows is stored.",
                    "make a standby anew of a backup that was made since.");
        }
        endsBefore = missing;
        lookedAt = now;
    }

    private void hand(WalSegmentName segment, int reach) throws IOException {
        Path made;
        try (InputStream in = from.wal().open(segment)) {
            made = folder.make(segment.value(), in);
        }
        makeSafe(made, segment, reach);
        folder.put(segment.value());
        ready.add(segment.value());
        served.remove(segment.value());
        served.put(segment.value(), new Served(reach, clock.instant()));
        if (served.size() > REMEMBERED + ahead) {
            served.remove(served.keySet().iterator().next());
        }
    }

    /** What it creates stays in the standby's data directory, though the primary may be on this host. */
    private void makeSafe(Path made, WalSegmentName segment, int reach) throws IOException {
        try {
            WalkedLog known = SafeLog.make(made, segment, from.segmentSize(), EVERYTHING, before(segment));
            if (reach == from.segmentSize()) { // of others more may be stored before the next one is handed over
                walked.put(segment, known);
            }
        } catch (RestoreException e) {
            throw new RepositoryException.Unusable(
                    e.failure().message(), e.failure().hint(), e);
        }
    }

    /** A record may go on from the segment before, which may be another timeline's. */
    private WalkedLog before(WalSegmentName segment) throws IOException {
        long number = segment.segmentNumber(from.segmentSize()) - 1;
        for (int timeline = segment.timeline(); number >= 0 && timeline > 0; timeline--) {
            WalSegmentName previous = WalSegmentName.of(timeline, number, from.segmentSize());
            Optional<WalkedLog> known = walked.of(previous);
            if (known.isPresent()) {
                return known.get();
            }
            if (from.wal().reach(previous, from.segmentSize()) > 0) {
                try (InputStream in = from.wal().open(previous)) {
                    return SafeLog.look(in, previous, from.segmentSize(), EVERYTHING);
                }
            }
        }
        return WalkedLog.NOTHING;
    }

    /** One at a time, so that a question does not stand behind what may be asked later. */
    private void handAhead() throws IOException {
        WalSegmentName segment = next;
        if (segment == null || ready.isEmpty() || ready.size() >= ahead) {
            return;
        }
        try {
            boolean complete = from.wal().reach(segment, from.segmentSize()) == from.segmentSize();
            next = complete ? following(segment) : null;
            if (complete && !ready.contains(segment.value())) {
                hand(segment, from.segmentSize());
            }
        } catch (RepositoryException e) {
            next = null;
            leftOpen(e);
        }
    }

    /** The server goes on elsewhere than foreseen, as after a promotion. */
    private void takeBackOthers(WalSegmentName asked) throws IOException {
        for (String name : Set.copyOf(ready)) {
            boolean behind = name.length() == asked.value().length()
                    && (!name.startsWith(asked.value().substring(0, 8)) || name.compareTo(asked.value()) < 0);
            if (behind) {
                folder.takeBack(name);
                ready.remove(name);
            }
        }
    }

    private WalSegmentName following(WalSegmentName segment) {
        return WalSegmentName.of(segment.timeline(), segment.segmentNumber(from.segmentSize()) + 1, from.segmentSize());
    }

    /** Ends answering. What lies in the folder stays, and the standby waits. */
    @Override
    public void close() {
        closed = true;
        looker.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            looker.join();
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
