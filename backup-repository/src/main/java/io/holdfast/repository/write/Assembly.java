package io.holdfast.repository.write;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexSpool;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.CompressedFrame;
import io.holdfast.repository.store.ObjectStore;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Puts pieces together in order: frames into packs, runs into maps, entries into the index. For one thread. */
final class Assembly {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PackSequence packs;
    private final IndexSpool index;
    private final AtomicLong bytesStored;
    private @Nullable FileHeader header;
    private FileMapper mapper;
    private long files;
    private long bytes;
    private long mapBytes;

    Assembly(ObjectStore store, PlaceLayout layout, PackSequence packs, IndexSpool index, AtomicLong bytesStored) {
        this.store = store;
        this.layout = layout;
        this.packs = packs;
        this.index = index;
        this.bytesStored = bytesStored;
        this.mapper = new FileMapper(store, layout);
    }

    void take(Piece piece) throws RepositoryException, InterruptedException {
        switch (piece) {
            case Piece.Begin(FileHeader begun) -> {
                header = begun;
                mapper = new FileMapper(store, layout);
            }
            case Piece.Frame frame -> add(frame);
            case Piece.Finish finish -> finishFile();
            case Piece.Entry(IndexEntry entry) -> index.add(entry);
            case Piece.End end -> {}
        }
    }

    private void add(Piece.Frame frame) throws RepositoryException, InterruptedException {
        int length = frame.buffer().length;
        switch (result(frame)) {
            case CompressedFrame.AllZeros(int pages) -> mapper.add(new Run.Zeros(pages), length);
            case CompressedFrame.Stored stored -> {
                PackSequence.Position position = packs.append(frame.buffer().stored, stored.storedLength());
                bytesStored.addAndGet(stored.storedLength());
                FrameReference reference = new FrameReference(
                        position.pack(), position.offset(), stored.storedLength(), length, stored.digest());
                mapper.add(new Run.Stored(reference, 0, stored.pageHashes()), length);
            }
        }
    }

    private static CompressedFrame result(Piece.Frame frame) throws InterruptedException {
        try {
            return frame.compressed().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A frame could not be compressed", e.getCause());
        }
    }

    private void finishFile() throws RepositoryException {
        if (header == null) {
            throw new IllegalStateException("No file was begun");
        }
        var maps = mapper.finish();
        long length = mapper.length();
        index.add(
                switch (header) {
                    case FileHeader.Regular(var path, int mode, var modified) ->
                        new IndexEntry.RegularFile(path, mode, modified, length, maps);
                    case FileHeader.Attached(var path) -> new IndexEntry.Attachment(path, length, maps);
                });
        header = null;
        files++;
        bytes += length;
        mapBytes += mapper.storedBytes();
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
