package io.holdfast.repository.wal;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The WAL of a place as it lies in a store; for reading and writing. */
public final class StoredWalArchive implements WalArchive {
    private static final int ZSTD_LEVEL = 3;

    private final StoredWal stored;
    private final WalUpload upload;
    private final PlaceLayout layout;
    private final WatchedHistories watched;

    private StoredWalArchive(StoredWal stored, WalUpload upload, PlaceLayout layout, WatchedHistories watched) {
        this.stored = stored;
        this.upload = upload;
        this.layout = layout;
        this.watched = watched;
    }

    /**
     * The WAL of a cluster's place.
     *
     * @throws IllegalStateException if the place is not named by a system identifier
     */
    public static StoredWalArchive of(ObjectStore store, PlaceLayout layout, PlaceKeys keys, Path workDirectory) {
        return new StoredWalArchive(
                StoredWal.of(store, layout, keys),
                new WalUpload(store, new WalSeal(keys), workDirectory, ZSTD_LEVEL),
                layout,
                new WatchedHistories(store, layout, keys));
    }

    @Override
    public WalArchive sealedOnly() {
        return new StoredWalArchive(stored.sealedOnly(), upload, layout, watched);
    }

    @Override
    public WalSegmentWriter begin(int timeline, long segmentNumber, int segmentSize) throws RepositoryException {
        return new SpooledSegmentWriter(
                upload, layout, stored.systemIdentifier(), timeline, segmentNumber, segmentSize);
    }

    @Override
    public void putHistory(int timeline, byte[] content) throws RepositoryException {
        WalObject description = WalObject.of(
                ObjectHeader.Type.TIMELINE_HISTORY, stored.systemIdentifier(), timeline, 0, 0, 0, content.length);
        upload.put(layout.timelineHistory(timeline), description, () -> new ByteArrayInputStream(content));
        watched.put(timeline, content);
    }

    @Override
    public Optional<byte[]> history(int timeline) throws RepositoryException {
        return stored.history(timeline);
    }

    @Override
    public InputStream open(WalSegmentName segment) throws RepositoryException {
        return stored.open(segment);
    }

    @Override
    public InputStream openUntil(WalSegmentName segment, Lsn stopLsn) throws RepositoryException {
        return stored.openUntil(segment, stopLsn);
    }

    @Override
    public List<WalSegmentName> covers(int timeline, Lsn startLsn, Lsn stopLsn, int segmentSize)
            throws RepositoryException {
        return stored.covers(timeline, startLsn, stopLsn, segmentSize);
    }

    @Override
    public WalComparison comparison(int timeline, long segmentNumber, int segmentSize, int available)
            throws RepositoryException {
        return WalComparison.of(
                upload, layout, stored.systemIdentifier(), timeline, segmentNumber, segmentSize, available);
    }
}
