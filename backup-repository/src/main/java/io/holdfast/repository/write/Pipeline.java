package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.pack.FrameCodec;
import io.holdfast.repository.seal.FrameSealing;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The threads behind a writer. The callers' threads fill buffers; a pool of platform threads compresses them; one more
 * thread takes the results in order and assembles them. After a failure that thread goes on emptying the queue, so that
 * nobody waits for ever, and the failure comes out at the callers' next calls.
 */
final class Pipeline implements AutoCloseable {
    /** Room for small pieces between frames; frames themselves are bounded by their buffers. */
    private static final int QUEUE = 1024;

    /** How often a waiting caller looks whether the attempt has failed or was closed meanwhile. */
    static final int CHECK_MILLIS = 100;

    private final FrameBuffers buffers;
    private final Assembly assembly;
    private final int level;
    private final PageHasher hasher;
    private final Optional<FrameSealing> sealing;
    private final BlockingQueue<Piece> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Queue<FrameCodec> codecs = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ExecutorService compressors;
    private final Thread assembler;
    private volatile boolean ending;

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
        ThreadFactory names =
                Thread.ofPlatform().daemon().name("holdfast-compress-", 0).factory();
        compressors = Executors.newFixedThreadPool(threads, names);
        assembler = Thread.ofPlatform().daemon().name("holdfast-assemble").start(this::assemble);
    }

    FrameBuffer buffer() throws RepositoryException {
        try {
            FrameBuffer buffer = null;
            while (buffer == null) {
                requireGood();
                buffer = buffers.poll(CHECK_MILLIS);
            }
            return buffer;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Has a buffer's pages made into a frame. */
    void compress(OpenFile file, FrameBuffer buffer) throws RepositoryException {
        requireGood();
        put(new Piece.Frame(file, buffer, submit(() -> withCodec(codec -> FrameMaker.whole(codec, buffer))), null));
    }

    /**
     * Has those of a buffer's pages made into frames that are not as in the parent.
     *
     * @param lease of the parent's map; given back when it was compared with
     * @param firstPage of the buffer within the map's part
     */
    void compare(OpenFile file, FrameBuffer buffer, PartLease lease, int firstPage) throws RepositoryException {
        requireGood();
        put(new Piece.Frame(
                file,
                buffer,
                submit(() -> {
                    ParentPart parent = lease.get();
                    return withCodec(
                            codec -> FrameMaker.changed(codec, buffer, parent, firstPage, FrameMaker.WHOLE_FROM));
                }),
                lease));
    }

    private Future<List<Stretch>> submit(Callable<List<Stretch>> task) throws RepositoryException {
        try {
            return compressors.submit(task);
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
            return parent.part(part, this::requireGood);
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

    void put(Piece piece) throws RepositoryException {
        try {
            do {
                requireGood();
            } while (!queue.offer(piece, CHECK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Waits until everything handed over is assembled. */
    void finish() throws RepositoryException {
        put(new Piece.End());
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
            for (Piece piece = queue.take(); !(piece instanceof Piece.End); piece = queue.take()) {
                assemble(piece);
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
