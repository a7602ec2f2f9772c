package io.holdfast.repository.write;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The packs of an attempt. Files that are open at the same time fill packs of their own, each in a {@link Lane}, so that
 * what is read together lies together; a file takes the lane up where one before it ended. A full pack is made durable in
 * the background while the next is filled. For one thread.
 */
final class PackSequence implements AutoCloseable {
    /** More would let a slow store pile up work; one already overlaps syncing with filling. */
    private static final int MOST_ENDING = 2;

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BackupId backup;
    private final AttemptId attempt;
    private final byte[] header;
    private final long packBytes;
    private final ExecutorService endings = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<PackReference>> ended = new ArrayList<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final Deque<Lane> free = new ArrayDeque<>();
    private int begun;

    PackSequence(
            ObjectStore store, PlaceLayout layout, BackupId backup, AttemptId attempt, byte[] header, long packBytes) {
        this.store = store;
        this.layout = layout;
        this.backup = backup;
        this.attempt = attempt;
        this.header = header;
        this.packBytes = packBytes;
    }

    /** Where a frame was put. */
    record Position(PackName pack, long offset) {}

    /** Where one file after another is put. */
    static final class Lane {
        private @Nullable OpenPack open;
    }

    /** A lane for a file; it is given back at the file's end. */
    Lane takeLane() {
        Lane found = free.poll();
        if (found == null) {
            found = new Lane();
            lanes.add(found);
        }
        return found;
    }

    void giveBack(Lane lane) {
        free.push(lane);
    }

    private record OpenPack(PackName name, ObjectKey key, ObjectUpload upload, MessageDigest digest) {
        void write(byte[] bytes, int from, int length) throws RepositoryException {
            upload.write(bytes, from, length);
            digest.update(bytes, from, length);
        }
    }

    Position append(Lane lane, byte[] stored, int from, int length) throws RepositoryException, InterruptedException {
        OpenPack pack = lane.open;
        if (pack != null && pack.upload().length() >= packBytes) {
            end(lane, pack);
            pack = null;
        }
        if (pack == null) {
            pack = begin(lane);
        }
        long offset = pack.upload().length();
        pack.write(stored, from, length);
        return new Position(pack.name(), offset);
    }

    private OpenPack begin(Lane lane) throws RepositoryException {
        PackName name = new PackName(backup, attempt, begun++);
        ObjectKey key = layout.pack(name);
        OpenPack pack = new OpenPack(name, key, store.upload(key), Sha256.digest());
        lane.open = pack;
        pack.write(header, 0, header.length);
        return pack;
    }

    private void end(Lane lane, OpenPack pack) throws RepositoryException, InterruptedException {
        lane.open = null;
        ended.add(endings.submit(() -> commit(pack)));
        if (ended.size() > MOST_ENDING) {
            await(ended.get(ended.size() - 1 - MOST_ENDING));
        }
    }

    private static PackReference commit(OpenPack pack) throws RepositoryException {
        try (ObjectUpload upload = pack.upload()) {
            long length = upload.length();
            if (upload.commit() == PutOutcome.EXISTS) {
                throw new RepositoryException.Conflict(
                        "The pack " + pack.key() + " is there already.",
                        "give every attempt an identifier of its own.");
            }
            return new PackReference(pack.name().number(), length, Sha256.hex(pack.digest()));
        }
    }

    /** Waits until all packs are durable; they come in the order of their numbers. */
    List<PackReference> finish() throws RepositoryException, InterruptedException {
        for (Lane lane : lanes) {
            OpenPack pack = lane.open;
            if (pack != null) {
                end(lane, pack);
            }
        }
        List<PackReference> packs = new ArrayList<>();
        for (Future<PackReference> pack : ended) {
            packs.add(await(pack));
        }
        packs.sort(Comparator.comparingInt(PackReference::number));
        return packs;
    }

    private static PackReference await(Future<PackReference> ending) throws RepositoryException, InterruptedException {
        try {
            return ending.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RepositoryException failure) {
                throw failure;
            }
            throw new IllegalStateException("A pack could not be ended", e);
        }
    }

    /** Aborts the packs being filled; those ended stay where nothing lists them. */
    @Override
    public void close() {
        for (Lane lane : lanes) {
            OpenPack pack = lane.open;
            if (pack != null) {
                lane.open = null;
                pack.upload().close();
            }
        }
        endings.close();
    }
}
