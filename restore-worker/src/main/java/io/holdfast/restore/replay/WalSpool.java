package io.holdfast.restore.replay;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RepositoryFailures;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.RunAs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the write-ahead log ahead of a server that recovers, over several threads, never more than fits the room that it
 * may take, and answers what the server asks for besides. An answer that cannot be had, or WAL that should be there and is
 * not, stops recovery: it never looks like the end of the log. Open and close it from one thread; the rest may be asked by
 * any.
 */
public final class WalSpool implements AutoCloseable {
    private static final long LOOK_MILLIS = 5;
    private static final long BEAT_MILLIS = 500;

    /** With segments of 1 GiB there are few of them, yet one is fetched while another is replayed. */
    private static final int LEAST_AHEAD = 2;

    /** For how many looks a thread waits for another one, which may itself have to begin anew: half a minute. */
    private static final int MOST_LOOKS = 6000;

    private final SpoolFolder folder;
    private final WalSource source;
    private final WalPath path;
    private final int ahead;
    private final int threads;
    private final ExecutorService fetchers;
    /** For what the server waits for just now, so that it does not stand behind what it may want later. */
    private final ExecutorService answerer;

    private final Thread looker;
    private final Set<String> fetching = ConcurrentHashMap.newKeySet();
    private final Set<String> wanted = ConcurrentHashMap.newKeySet();
    private final Set<String> ready = new HashSet<>();
    private final WalkedSegments walked;
    private final AtomicReference<@Nullable RestoreException> failure = new AtomicReference<>();
    private long next;
    private long handedOver;
    private long furthest = -1;
    private volatile boolean closed;

    private WalSpool(SpoolFolder folder, WalSource source, WalPath path, int ahead, int threads) {
        this.folder = folder;
        this.source = source;
        this.path = path;
        this.ahead = ahead;
        this.threads = threads;
        this.walked = new WalkedSegments(ahead + 2);
        this.fetchers = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("wal-fetch-", 0).factory());
        this.answerer = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("wal-answer").factory());
        this.looker = Thread.ofPlatform().name("wal-spool").unstarted(this::look);
    }

    /**
     * Makes the folder and begins to fetch.
     *
     * @param top where the folder goes: a path that is not there, beside the data directory, so that files are moved there
     *     and not copied; the server's user cannot write to its parent
     * @param path what will be wanted, in this order
     * @param room how many bytes of segments may lie in the folder; two segments at least
     * @param threads how many segments are fetched at the same time
     */
    public static WalSpool open(Path top, RunAs runAs, WalSource source, WalPath path, long room, int threads)
            throws IOException {
        int ahead = (int) Math.min(Integer.MAX_VALUE, Math.max(LEAST_AHEAD, room / path.segmentSize()));
        WalSpool spool = new WalSpool(SpoolFolder.make(top, runAs), source, path, ahead, Math.min(threads, ahead));
        spool.looker.start();
        return spool;
    }

    /** What the server runs to get a file. */
    public String restoreCommand() {
        return folder.restoreCommand();
    }

    /** Bytes of the segments that the server has taken; no more than there are, though it may take one twice. */
    public synchronized long handedOver() {
        return Math.min(handedOver * path.segmentSize(), path.bytes());
    }

    /** What the last segment that there is holds; empty if the server has not taken it. */
    public synchronized Optional<WalkedLog> end() {
        noteTaken();
        return furthest == path.count() - 1 ? walked.of(path.segment(furthest)) : Optional.empty();
    }

    /** Why recovery had to be stopped, if it had. */
    public Optional<RestoreException> failure() {
        return Optional.ofNullable(failure.get());
    }

    private void look() {
        try {
            long beats = 0;
            long lastBeat = System.nanoTime();
            while (!closed) {
                noteTaken();
                for (String name : folder.takeAsked()) {
                    asked(name);
                }
                fetchAhead();
                if (System.nanoTime() - lastBeat > TimeUnit.MILLISECONDS.toNanos(BEAT_MILLIS)) {
                    folder.beat(++beats);
                    lastBeat = System.nanoTime();
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (IOException e) {
            stop(cannotWrite(e));
        } catch (InterruptedException toEnd) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where the server goes on elsewhere than foreseen, so do we. */
    private synchronized void asked(String name) {
        if (ready.contains(name)) {
            return;
        }
        wanted.add(name);
        if (!isHistory(name)) {
            OptionalLong index = path.indexOf(new WalSegmentName(name));
            if (index.isPresent() && !fetching.contains(name)) {
                next = index.getAsLong() + 1;
            }
        }
        fetch(name, answerer);
    }

    private synchronized void noteTaken() {
        for (Iterator<String> names = ready.iterator(); names.hasNext(); ) {
            String name = names.next();
            if (!folder.isReady(name)) {
                names.remove();
                if (!isHistory(name)) {
                    handedOver++;
                    path.indexOf(new WalSegmentName(name)).ifPresent(index -> furthest = Math.max(furthest, index));
                }
            }
        }
    }

    private synchronized void fetchAhead() {
        while (next < path.count()
                && fetching.size() < threads
                && ready.size() + fetching.size() < ahead
                && failure.get() == null) {
            String name = path.segment(next++).value();
            if (!ready.contains(name)) {
                fetch(name, fetchers);
            }
        }
    }

    private void fetch(String name, ExecutorService by) {
        if (fetching.add(name)) {
            by.execute(() -> {
                try {
                    deliver(name);
                } finally {
                    fetching.remove(name);
                }
            });
        }
    }

    private void deliver(String name) {
        try {
            while (failure.get() == null && !closed) {
                try {
                    if (isHistory(name)) {
                        deliverHistory(name);
                    } else {
                        deliverSegment(name);
                    }
                    return;
                } catch (RepositoryException e) {
                    source.awaitAfter(e);
                }
            }
        } catch (RepositoryException e) {
            stopIfWanted(name, RepositoryFailures.of(e));
        } catch (RestoreException e) {
            stopIfWanted(name, e);
        } catch (IOException e) {
            stop(cannotWrite(e));
        } catch (InterruptedException toEnd) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            stop(new RestoreException(
                    FailureCategory.INTERNAL, "fetching " + name + " failed: " + e, "this is a defect.", e));
            throw e;
        }
    }

    private void deliverHistory(String name) throws IOException, RestoreException, InterruptedException {
        Optional<byte[]> content = source.history(Integer.parseUnsignedInt(name, 0, 8, 16));
        if (content.isPresent()) {
            folder.make(name, new ByteArrayInputStream(content.get()));
            hand(name);
        } else {
            folder.putNone(name);
        }
    }

    private void deliverSegment(String name) throws IOException, RestoreException, InterruptedException {
        WalSegmentName segment = new WalSegmentName(name);
        Optional<InputStream> content = source.segment(segment);
        if (content.isPresent()) {
            try (InputStream in = content.get()) {
                Path made = folder.make(name, in);
                walked.put(
                        segment, SafeLog.make(made, segment, path.segmentSize(), path.endIn(segment), before(segment)));
            }
            hand(name);
        } else if (path.indexOf(segment).isPresent()) {
            throw new RestoreException(
                    FailureCategory.WAL_MISSING,
                    "the WAL segment " + name + " is not in the repository, and recovery needs it.",
                    "recover to a moment before it, or restore a backup that was made after it.");
        } else {
            folder.putNone(name);
        }
    }

    /** A record may go on from the segment before, which another thread may be about to make. */
    private WalkedLog before(WalSegmentName segment)
            throws RepositoryException, RestoreException, InterruptedException, IOException {
        Optional<WalSegmentName> previous = path.before(segment);
        if (previous.isEmpty()) {
            return WalkedLog.NOTHING;
        }
        WalSegmentName name = previous.get();
        for (int i = 0; i < MOST_LOOKS && fetching.contains(name.value()); i++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        Optional<WalkedLog> known = walked.of(name);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<InputStream> content = source.segment(name);
        if (content.isEmpty()) {
            return WalkedLog.NOTHING;
        }
        try (InputStream in = content.get()) {
            return SafeLog.look(in, name, path.segmentSize(), path.endIn(name));
        }
    }

    private synchronized void hand(String name) throws IOException {
        folder.put(name);
        ready.add(name);
        wanted.remove(name);
    }

    /** What is fetched ahead may lie behind the target, and never be asked for; then it does not matter. */
    private void stopIfWanted(String name, RestoreException why) {
        if (wanted.contains(name)) {
            stop(why);
        }
    }

    private static RestoreException cannotWrite(IOException e) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                "handing WAL to the recovering server failed: " + e + ".",
                "see that the disk of the data directory has room.",
                e);
    }

    private void stop(RestoreException why) {
        failure.compareAndSet(null, why);
        try {
            folder.stop();
        } catch (IOException e) {
            // The script gives up by itself when nobody answers any more; what stopped us is told.
            why.addSuppressed(e);
        }
    }

    private static boolean isHistory(String name) {
        return name.endsWith(".history");
    }

    /** Ends fetching. A server that still asks is told to stop. What lies in the folder stays for whoever removes it. */
    @Override
    public void close() {
        closed = true;
        looker.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            looker.join();
            // A read from a store may take its time to notice; it must not write into what is removed next.
            for (ExecutorService each : List.of(fetchers, answerer)) {
                do {
                    each.shutdownNow();
                } while (!each.awaitTermination(1, TimeUnit.MINUTES));
            }
        } catch (InterruptedException again) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The folder, for whoever removes it. */
    public Path top() {
        return folder.top();
    }
}
