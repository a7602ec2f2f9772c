package io.holdfast.repository.write;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexSpool;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.CompressedFrame;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/** Puts pieces together in order: frames into packs, runs into maps, entries into the index. For one thread. */
final class Assembly {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BodySeal seal;
    private final PackSequence packs;
    private final LockExtensions locks;
    private final IndexSpool index;
    private final AtomicLong bytesStored;
    private long files;
    private long bytes;
    private long mapBytes;
    private final Reuse reuse = new Reuse();

    Assembly(
            ObjectStore store,
            PlaceLayout layout,
            BodySeal seal,
            PackSequence packs,
            LockExtensions locks,
            IndexSpool index,
            AtomicLong bytesStored) {
        this.store = store;
        this.layout = layout;
        this.seal = seal;
        this.packs = packs;
        this.locks = locks;
        this.index = index;
        this.bytesStored = bytesStored;
    }

    void take(Piece piece) throws RepositoryException, InterruptedException {
        switch (piece) {
            case Piece.Begin(OpenFile file) ->
                file.begin(new FileMapper(store, layout, seal, locks, file.parentMaps), packs.takeLane());
            case Piece.Frame frame -> add(frame);
            case Piece.Kept pages -> add(pages);
            case Piece.Zeros(OpenFile file, int pages) ->
                file.mapper().add(new Run.Zeros(pages), (long) pages * FrameReference.PAGE);
            case Piece.Finish(OpenFile file) -> finish(file);
            case Piece.Entry(IndexEntry entry) -> index.add(entry);
            case Piece.End end -> {}
        }
    }

    private void add(Piece.Frame frame) throws RepositoryException, InterruptedException {
        for (Stretch stretch : result(frame)) {
            switch (stretch) {
                case Stretch.Kept(List<Run> runs, int length) -> keep(frame.file(), runs, length);
                case Stretch.Made made -> add(frame.file(), frame.buffer(), made);
            }
        }
    }

    private void add(OpenFile file, FrameBuffer buffer, Stretch.Made made)
            throws RepositoryException, InterruptedException {
        switch (made.frame()) {
            case CompressedFrame.AllZeros(int pages) -> file.mapper().add(new Run.Zeros(pages), made.length());
            case CompressedFrame.Stored stored -> {
                PackSequence.Position position =
                        packs.append(file.lane(), buffer.stored, made.at(), stored.storedLength());
                bytesStored.addAndGet(stored.storedLength());
                FrameReference reference = new FrameReference(
                        position.pack(), position.offset(), stored.storedLength(), made.length(), stored.digest());
                file.mapper().add(new Run.Stored(reference, 0, stored.pageHashes()), made.length());
            }
        }
    }

    private void add(Piece.Kept pages) throws RepositoryException, InterruptedException {
        List<Run> runs = pages.lease()
                .get()
                .runs(pages.from(), pages.to(), true)
                .orElseThrow(() -> new RepositoryException.Damaged(
                        "Of the parent's file " + pages.file().header.path() + " pages are wanted that are lost.",
                        "verify the parent; compare all pages with it instead, or make a full backup."));
        keep(pages.file(), runs, (pages.to() - pages.from()) * FrameReference.PAGE);
    }

    /** Adds runs of the parent; only a file's last page may be shorter than a page. */
    private void keep(OpenFile file, List<Run> runs, int length) throws RepositoryException, InterruptedException {
        long rest = length;
        for (Run run : runs) {
            if (run instanceof Run.Stored stored && reuse.add(stored)) {
                // It has to stay for as long as this backup.
                locks.extend(layout.pack(stored.frame().pack()));
            }
            long bytes = Math.min((long) run.pages() * FrameReference.PAGE, rest);
            file.mapper().add(run, bytes);
            rest -= bytes;
        }
    }

    private static List<Stretch> result(Piece.Frame frame) throws RepositoryException, InterruptedException {
        try {
            return frame.made().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RepositoryException failure) {
                throw failure;
            }
            throw new IllegalStateException("A frame could not be compressed", e.getCause());
        }
    }

    private void finish(OpenFile file) throws RepositoryException, InterruptedException {
        FileMapper mapper = file.mapper();
        var maps = mapper.finish();
        long length = mapper.length();
        index.add(
                switch (file.header) {
                    case FileHeader.Regular(var path, int mode, var modified) ->
                        new IndexEntry.RegularFile(path, mode, modified, length, maps);
                    case FileHeader.Attached(var path) -> new IndexEntry.Attachment(path, length, maps);
                });
        packs.giveBack(file.lane());
        files++;
        bytes += length;
        mapBytes += mapper.storedBytes();
    }

    /** What is used again of earlier attempts. */
    Reuse reuse() {
        return reuse;
    }

    long files() {
        return files;
    }

    long bytes() {
        return bytes;
    }

    long mapBytes() {
        return mapBytes;
    }
}
