package io.holdfast.repository.write;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexLookup;
import io.holdfast.repository.index.IndexReader;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup that a new one is compared with. Its index lies in the work directory; shared maps are fetched as files come
 * up, in the background, and never more than a few are in memory.
 */
final class Parent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parent.class);

    /** A map takes about 0.7 MiB, at worst 5 MiB if no two pages lie together. */
    private static final int MOST_MAPS = 8;

    private final BackupManifest manifest;
    private final long pageHashSeed;
    private final MapSource maps;
    private final ParentPacks packs;
    private final IndexLookup index;
    private final Semaphore room = new Semaphore(MOST_MAPS);
    private final ExecutorService fetching = Executors.newVirtualThreadPerTaskExecutor();

    private Parent(BackupManifest manifest, long pageHashSeed, MapSource maps, ParentPacks packs, IndexLookup index) {
        this.manifest = manifest;
        this.pageHashSeed = pageHashSeed;
        this.maps = maps;
        this.packs = packs;
        this.index = index;
    }

    /**
     * Reads the parent's index and looks which of the packs it needs are there.
     *
     * @throws RepositoryException.Damaged if index or manifest are damaged, so that it cannot be a parent
     * @throws RepositoryException.NotFound if the index is missing
     */
    static Parent open(
            ObjectStore store, PlaceLayout layout, PlaceKeys keys, BackupManifest manifest, Path workDirectory)
            throws RepositoryException {
        long seed = seed(manifest);
        if (keys.newestIndexKey().isPresent() && !manifest.isSealed()) {
            throw cannotBe(manifest, "it is not encrypted, and what is based on it shall be", null);
        }
        ParentPacks packs = ParentPacks.of(store, layout, manifest);
        try (IndexReader reader = IndexReader.open(store, manifest.index(), keys)) {
            IndexLookup index = IndexLookup.of(reader, manifest.index().entries(), workDirectory);
            return new Parent(manifest, seed, new MapSource(store, layout, keys), packs, index);
        }
    }

    private static long seed(BackupManifest manifest) throws RepositoryException {
        try {
            if (manifest.pageSize() == FrameReference.PAGE) {
                return Long.parseUnsignedLong(manifest.pageHashSeed(), 16);
            }
            throw cannotBe(manifest, "its pages have " + manifest.pageSize() + " bytes", null);
        } catch (NumberFormatException e) {
            throw cannotBe(manifest, "its page hash seed is no number", e);
        }
    }

    private static RepositoryException cannotBe(BackupManifest manifest, String why, @Nullable Throwable cause) {
        String what = "The backup " + manifest.backup() + " cannot be a parent: " + why + ".";
        String hint = "make a full backup.";
        return cause == null
                ? new RepositoryException.Damaged(what, hint)
                : new RepositoryException.Damaged(what, hint, cause);
    }

    BackupManifest manifest() {
        return manifest;
    }

    /** The seed with which its pages were hashed. */
    long pageHashSeed() {
        return pageHashSeed;
    }

    /** Why its pages have to be read from the source again, if so. */
    Optional<String> wantsAllPages() {
        int sparse = packs.sparse();
        return sparse == 0
                ? Optional.empty()
                : Optional.of("what is still used of " + sparse
                        + (sparse == 1 ? " earlier backup's packs" : " earlier backups' packs")
                        + ", more than half of which is not, is stored anew");
    }

    /** The data key of packs that it or an earlier attempt wrote, if they are sealed. */
    KeyId dataKey(AttemptReference attempt) throws RepositoryException {
        return packs.dataKey(attempt);
    }

    /** What it has under a file's path; no maps if nothing. */
    ParentFile file(FileHeader header) throws RepositoryException {
        Optional<IndexEntry.WithContent> found = switch (header) {
            case FileHeader.Regular regular -> index.file(regular.path());
            case FileHeader.Attached attached -> index.attachment(attached.path());
        };
        return new ParentFile(this, found);
    }

    /** Takes room in memory for a map, if there is any within so many milliseconds. */
    boolean tryRoom(int millis) throws InterruptedException {
        return room.tryAcquire(millis, TimeUnit.MILLISECONDS);
    }

    /** Begins to fetch a map; for one that is shared, room was taken before. */
    PartLease fetch(FilePath path, MapReference reference, long length) {
        return switch (reference) {
            case MapReference.Inline inline ->
                new PartLease(CompletableFuture.completedFuture(part(path, inline.map())), () -> {});
            case MapReference.Shared shared ->
                new PartLease(fetching.submit(() -> get(path, shared, length)), room::release);
        };
    }

    private ParentPart get(FilePath path, MapReference.Shared reference, long length) throws RepositoryException {
        return switch (maps.get(reference, length)) {
            case MapSource.Found.Good good -> part(path, good.map());
            case MapSource.Found.Bad bad -> {
                LOG.warn(
                        "{} of the parent {} is stored anew, for its map {} cannot be used: {}",
                        path,
                        manifest.backup(),
                        bad.object(),
                        bad.detail());
                yield ParentPart.NONE;
            }
        };
    }

    private ParentPart part(FilePath path, FileMap map) {
        long lost = map.runs().stream()
                .filter(run -> run instanceof Run.Stored stored && packs.isLost(stored.frame()))
                .count();
        if (lost > 0) {
            LOG.warn(
                    "{}: {} runs of the parent {} are stored anew, for their packs are not there, or not whole",
                    path,
                    lost,
                    manifest.backup());
        }
        return ParentPart.of(map, packs::offer);
    }

    /** Ends what is being fetched; whoever waits for it fails. */
    void abandon() {
        fetching.shutdownNow();
    }

    @Override
    public void close() {
        fetching.shutdownNow();
        fetching.close();
        index.close();
    }
}
