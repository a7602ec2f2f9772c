package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.pack.FrameCodec;
import io.holdfast.repository.seal.FrameSealing;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The threads behind a writer. The callers' threads fill buffers; a pool of platform threads compresses them; one more
 * thread takes the results in order and assembles them. After a failure that thread goes on emptying the queue, so that
 * nobody waits for ever, and the failure comes out at the callers' next calls.
 */
final class Pipeline implements AutoCloseable {
    /** Room for batches of small pieces; frames are bounded by their buffers. */
    private static final int QUEUE = 64;

    /** Pieces that are handed over at once. */
    private static final int MOST_PIECES = 64;

    /** Frames among them. */
    private static final int MOST_FRAMES = 8;

    /** So many batches may be on their way at least, so that all threads have work. */
    private static final int LEAST_BATCHES = 8;

    /** How often a waiting caller looks whether the attempt has failed or was closed meanwhile. */
    static final int CHECK_MILLIS = 100;

    private static final Future<?> NOTHING = CompletableFuture.completedFuture(null);

    private final FrameBuffers buffers;
    private final Assembly assembly;
    private final int level;
    private final PageHasher hasher;
    private final Optional<FrameSealing> sealing;
    private final BlockingQueue<Batch> queue = new ArrayBlockingQueue<>(QUEUE);
    private final int framesAtOnce;
    private final ReentrantLock gathering = new ReentrantLock();
    private final List<Piece> gathered = new ArrayList<>();
    private final List<FutureTask<List<Stretch>>> frames = new ArrayList<>();
    private final Queue<FrameCodec> codecs = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ExecutorService compressors;
    private final Thread assembler;
    private volatile boolean ending;

    /**
     * What is handed over at once. To hand over wakes two threads, which for a frame that only is compared costs as much as
     * the comparison.
     *
     * @param frames done when all frames among the pieces are
     */
    private record Batch(List<Piece> pieces, Future<?> frames) {}

    Pipeline(
            FrameBuffers buffers,
            Assembly assembly,
            int threads,
            int level,
            PageHasher hasher,
            Optional<FrameSealing> sealing) {
        this.buffers = buffers;
        this.assembly = assembly;
        this.level = level;
        this.hasher = hasher;
        this.sealing = sealing;
        framesAtOnce = Math.clamp(buffers.count() / LEAST_BATCHES, 1, MOST_FRAMES);
        ThreadFactory names =
                Thread.ofPlatform().daemon().name("holdfast-compress-", 0).factory();
        compressors = Executors.newFixedThreadPool(threads, names);
        assembler = Thread.ofPlatform().daemon().name("holdfast-assemble").start(this::assemble);
    }

    FrameBuffer buffer() throws RepositoryException {
        try {
            requireGood();
            FrameBuffer buffer = buffers.poll(0);
            while (buffer == null) {
                handOver();
                buffer = buffers.poll(CHECK_MILLIS);
            }
            return buffer;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Has a buffer's pages made into a frame. */
    void compress(OpenFile file, FrameBuffer buffer) throws RepositoryException {
        make(file, buffer, () -> withCodec(codec -> FrameMaker.whole(codec, buffer)), null);
    }

    /**
     * Has those of a buffer's pages made into frames that are not as in the parent.
     *
     * @param lease of the parent's map; given back when it was compared with
     * @param firstPage of the buffer within the map's part
     */
    void compare(OpenFile file, FrameBuffer buffer, PartLease lease, int firstPage) throws RepositoryException {
        Callable<List<Stretch>> making = () -> {
            ParentPart parent = lease.get();
            return withCodec(codec -> FrameMaker.changed(codec, buffer, parent, firstPage, FrameMaker.WHOLE_FROM));
        };
        make(file, buffer, making, lease);
    }

    private void make(OpenFile file, FrameBuffer buffer, Callable<List<Stretch>> making, @Nullable PartLease lease)
            throws RepositoryException {
        FutureTask<List<Stretch>> made = new FutureTask<>(making);
        gather(new Piece.Frame(file, buffer, made, lease), made);
    }

    private Future<?> submit(List<FutureTask<List<Stretch>>> made) throws RepositoryException {
        try {
            return compressors.submit(() -> made.forEach(FutureTask::run));
        } catch (RejectedExecutionException e) {
            // Closed in between.
            requireGood();
            throw e;
        }
    }

    /** A lease of a part of the parent's map, or null if the parent does not have that part; waits for room in memory. */
    @Nullable
    PartLease lease(ParentFile parent, int part) throws RepositoryException {
        try {
            return parent.part(part, this::handOver);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private List<Stretch> withCodec(Function<FrameCodec, List<Stretch>> work) {
        FrameCodec pooled = codecs.poll();
        FrameCodec codec = pooled == null ? new FrameCodec(level, hasher, sealing) : pooled;
        try {
            return work.apply(codec);
        } finally {
            codecs.add(codec);
        }
    }

    /** Gathers a piece; it goes on its way with others, at the latest when somebody has to wait for something. */
    void put(Piece piece) throws RepositoryException {
        gather(piece, null);
    }

    private void gather(Piece piece, @Nullable FutureTask<List<Stretch>> frame) throws RepositoryException {
        requireGood();
        gathering.lock();
        try {
            gathered.add(piece);
            if (frame != null) {
                frames.add(frame);
            }
            if (frames.size() >= framesAtOnce || gathered.size() >= MOST_PIECES) {
                handOver();
            }
        } finally {
            gathering.unlock();
        }
    }

    /** Sends all on its way that was gathered. Under the lock until it is queued, so that a file's pieces stay in order. */
    private void handOver() throws RepositoryException {
        requireGood();
        gathering.lock();
        try {
            if (!gathered.isEmpty()) {
                Future<?> made = frames.isEmpty() ? NOTHING : submit(List.copyOf(frames));
                Batch batch = new Batch(List.copyOf(gathered), made);
                gathered.clear();
                frames.clear();
                while (!queue.offer(batch, CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                    requireGood();
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } finally {
            gathering.unlock();
        }
    }

    /** Waits until everything handed over is assembled. */
    void finish() throws RepositoryException {
        put(new Piece.End());
        handOver();
        ending = true;
        try {
            assembler.join();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        requireGood();
    }

    private void assemble() {
        try {
            boolean end = false;
            while (!end) {
                Batch batch = queue.take();
                awaitDone(batch.frames());
                for (Piece piece : batch.pieces()) {
                    assemble(piece);
                    end |= piece instanceof Piece.End;
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, after it noted why.
            fail(e);
        }
    }

    private void assemble(Piece piece) throws InterruptedException {
        try {
            if (failure.get() == null) {
                assembly.take(piece);
            }
        } catch (RepositoryException | RuntimeException | Error e) {
            fail(e);
        }
        if (piece instanceof Piece.Frame(OpenFile file, FrameBuffer buffer, Future<?> made, PartLease lease)) {
            awaitDone(made);
            buffers.giveBack(buffer);
            if (lease != null) {
                lease.done();
            }
        } else if (piece instanceof Piece.Kept kept) {
            kept.lease().done();
        }
    }

    /** A buffer must not be used again while a thread still compresses it. */
    private void awaitDone(Future<?> compressed) throws InterruptedException {
        try {
            compressed.get();
        } catch (ExecutionException e) {
            fail(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Notes the first failure; later ones follow from it. */
    void fail(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    /** Throws what made the attempt fail, or that it was closed. */
    void requireGood() throws RepositoryException {
        Throwable cause = failure.get();
        switch (cause) {
            case null -> {}
            case RepositoryException known -> throw known;
            default -> throw new IllegalStateException("Writing the backup failed", cause);
        }
    }

    RepositoryException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        RepositoryException cause = new RepositoryException.Unavailable(
                "Writing the backup was interrupted.", "request the backup again.", e);
        fail(cause);
        return cause;
    }

    /** Ends all threads; what was not assembled is dropped. Waits for them, but not for an interrupted store. */
    @Override
    public void close() {
        fail(new RepositoryException.Unavailable(
                "The attempt at the backup was given up.", "request the backup again.", null));
        if (!ending) {
            assembler.interrupt();
        }
        compressors.shutdown();
        boolean interrupted = false;
        while (assembler.isAlive()) {
            try {
                assembler.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        compressors.close();
        codecs.forEach(FrameCodec::close);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
