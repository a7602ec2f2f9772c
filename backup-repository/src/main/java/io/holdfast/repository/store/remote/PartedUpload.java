package io.holdfast.repository.store.remote;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An object on its way over a network. Up to the first part's length it is kept and put at once; beyond, parts go up in
 * parallel while the next is filled. Memory: the part being filled, which grows with what is written, and of the parts on
 * their way as much as {@link PartMemory} allows.
 */
public final class PartedUpload implements ObjectUpload {
    private static final Logger LOG = LoggerFactory.getLogger(PartedUpload.class);
    private static final int FIRST_BUFFER = 64 << 10;

    private final String name;
    private final Destination destination;
    private final PartSizes sizes;
    private final PartMemory memory;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> parts = new ArrayList<>();
    private byte[] filling = new byte[0];
    private int filled;
    private long length;
    private boolean begun;
    private boolean ended;
    private volatile @Nullable RepositoryException failure;

    /**
     * Begins an upload.
     *
     * @param name of the object, for messages
     */
    public PartedUpload(String name, Destination destination, PartSizes sizes, PartMemory memory) {
        this.name = name;
        this.destination = destination;
        this.sizes = sizes;
        this.memory = memory;
    }

    /** What a store does with one object's parts. {@link #part} is called by several threads. */
    public interface Destination {
        /** Creates the object at once, if absent. */
        PutOutcome whole(byte[] bytes, int length) throws RepositoryException;

        /** Begins an upload in parts. */
        void begin() throws RepositoryException;

        /** Stores a part, numbered from 1. */
        void part(int number, byte[] bytes, int length) throws RepositoryException;

        /** Creates the object of its parts 1 to {@code count}, if absent. */
        PutOutcome complete(int count) throws RepositoryException;

        /** Drops what was begun. */
        void abort() throws RepositoryException;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws RepositoryException {
        requireOpen();
        int from = offset;
        int rest = count;
        while (rest > 0) {
            int partLength = sizes.of(parts.size() + 1);
            if (filled == partLength) {
                send();
                continue;
            }
            int now = Math.min(rest, partLength - filled);
            makeRoom(now, partLength);
            System.arraycopy(bytes, from, filling, filled, now);
            filled += now;
            from += now;
            rest -= now;
            length += now;
        }
    }

    private void makeRoom(int more, int partLength) {
        int needed = filled + more;
        if (needed > filling.length) {
            long doubled = Math.max(FIRST_BUFFER, 2L * filling.length);
            filling = Arrays.copyOf(filling, (int) Math.min(partLength, Math.max(needed, doubled)));
        }
    }

    /** Sends the filled part on its way, once there is memory for it. */
    private void send() throws RepositoryException {
        throwIfFailed();
        if (!begun) {
            destination.begin();
            begun = true;
        }
        byte[] bytes = filling;
        int count = filled;
        int number = parts.size() + 1;
        try {
            memory.take(count);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        parts.add(threads.submit(() -> store(number, bytes, count)));
        filling = new byte[sizes.of(number + 1)];
        filled = 0;
    }

    private void store(int number, byte[] bytes, int count) {
        try {
            if (failure == null) {
                destination.part(number, bytes, count);
            }
        } catch (RepositoryException e) {
            failure = e;
        } finally {
            memory.giveBack(count);
        }
    }

    private void throwIfFailed() throws RepositoryException {
        RepositoryException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public PutOutcome commit() throws RepositoryException {
        requireOpen();
        PutOutcome outcome;
        if (begun) {
            if (filled > 0) {
                send();
            }
            filling = new byte[0];
            awaitParts();
            outcome = destination.complete(parts.size());
            begun = outcome == PutOutcome.EXISTS;
        } else {
            outcome = destination.whole(filling, filled);
        }
        close();
        return outcome;
    }

    private void awaitParts() throws RepositoryException {
        try {
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A part of " + name + " could not be stored", e.getCause());
        }
        throwIfFailed();
    }

    private RepositoryException.Unavailable interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new RepositoryException.Unavailable("Writing " + name + " was interrupted.", "run it again.", cause);
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("The upload of " + name + " has ended");
        }
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        filling = new byte[0];
        if (failure == null) {
            failure =
                    new RepositoryException.Unavailable("The upload of " + name + " has ended.", "run it again.", null);
        }
        // A part that arrives after the abort could stay behind, so they end first.
        threads.shutdownNow();
        // Whoever is being stopped still has to tidy up.
        boolean interrupted = Thread.interrupted();
        threads.close();
        if (begun) {
            abort();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void abort() {
        try {
            destination.abort();
        } catch (RepositoryException e) {
            LOG.warn("The unfinished upload of {} could not be dropped; nobody sees it, but it takes space", name, e);
        }
    }
}
