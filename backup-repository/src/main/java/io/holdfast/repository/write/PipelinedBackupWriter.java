package io.holdfast.repository.write;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexReference;
import io.holdfast.repository.index.IndexSpool;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.FrameSealing;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.write.FrameBuffers.FrameBuffer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes an attempt through a {@link Pipeline}. */
public final class PipelinedBackupWriter implements BackupWriter {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BackupId backup;
    private final AttemptId attempt;
    private final PlaceKeys keys;
    private final BodySeal indexSeal;
    private final Optional<SealingKey> dataKey;
    private final long pageHashSeed;
    private final @Nullable Parent parent;
    private final FrameBuffers buffers;
    private final IndexSpool index;
    private final PackSequence packs;
    private final LockExtensions locks;
    private final Assembly assembly;
    private final Pipeline pipeline;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesStored = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<FilePath> open = ConcurrentHashMap.newKeySet();

    private PipelinedBackupWriter(
            ObjectStore store,
            PlaceLayout layout,
            BackupId backup,
            AttemptId attempt,
            long plainSeed,
            @Nullable Parent parent,
            PlaceKeys keys,
            WriterOptions options)
            throws RepositoryException {
        this.store = store;
        this.layout = layout;
        this.backup = backup;
        this.attempt = attempt;
        this.parent = parent;
        this.keys = keys;
        Optional<SealingKey> indexKey = keys.newestIndexKey();
        indexSeal = BodySeal.with(indexKey, keys);
        // Pages are compared with the parent's by their hashes, so they need its seed.
        pageHashSeed = parent != null
                ? parent.pageHashSeed()
                : indexKey.map(key -> key.pageHashSeed(layout.place().value())).orElse(plainSeed);
        dataKey = keys.newDataKey();
        BodySeal dataSeal = BodySeal.with(dataKey, keys);
        Optional<FrameSealing> frames = dataSeal.frames(layout.packs(backup, attempt));
        byte[] packHeader = frames.map(FrameSealing::header).orElseGet(() -> ObjectHeader.of(ObjectHeader.Type.PACK));
        buffers = new FrameBuffers(options.memoryBytes());
        index = IndexSpool.in(options.workDirectory());
        packs = new PackSequence(store, layout, backup, attempt, packHeader, options.packBytes());
        locks = new LockExtensions(store);
        assembly = new Assembly(store, layout, indexSeal, packs, locks, index, bytesStored);
        pipeline = new Pipeline(
                buffers, assembly, options.threads(), options.zstdLevel(), PageHasher.seeded(pageHashSeed), frames);
    }

    /**
     * Begins an attempt.
     *
     * @param plainSeed of page hashes, if nothing is sealed; otherwise the index key gives one
     */
    public static PipelinedBackupWriter begin(
            ObjectStore store,
            PlaceLayout layout,
            BackupId backup,
            AttemptId attempt,
            long plainSeed,
            PlaceKeys keys,
            WriterOptions options)
            throws RepositoryException {
        return new PipelinedBackupWriter(store, layout, backup, attempt, plainSeed, null, keys, options);
    }

    /**
     * Begins an attempt that is compared with an earlier backup of the same place.
     *
     * @throws RepositoryException.Damaged if that cannot be a parent
     */
    public static PipelinedBackupWriter beginIncremental(
            ObjectStore store,
            PlaceLayout layout,
            BackupId backup,
            AttemptId attempt,
            BackupManifest parent,
            PlaceKeys keys,
            WriterOptions options)
            throws RepositoryException {
        Parent opened = Parent.open(store, layout, keys, parent, options.workDirectory());
        try {
            return new PipelinedBackupWriter(
                    store, layout, backup, attempt, opened.pageHashSeed(), opened, keys, options);
        } catch (RepositoryException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public FileSink beginFile(FileHeader header) throws RepositoryException {
        if (parent != null) {
            // Its maps are fetched ahead within a bound that one file may use up.
            requireNoOpenFile();
        }
        ParentFile inParent = parent == null ? null : parent.file(header);
        OpenFile file = begin(header, inParent == null ? List.of() : inParent.maps());
        expect(inParent);
        return new Sink(file, inParent);
    }

    @Override
    public FileSink beginChangedFile(FileHeader header, ChangedPages pages) throws RepositoryException {
        requireNoOpenFile();
        if (parent == null) {
            throw new IllegalStateException("There is no parent that " + header.path() + " could have changed since");
        }
        ParentFile inParent = parent.file(header);
        if (!inParent.isThere()) {
            throw new RepositoryException.Damaged(
                    "The parent " + parent.manifest().backup() + " has no file " + header.path()
                            + ", of which only changes come.",
                    "compare all files with the parent instead, or make a full backup.");
        }
        OpenFile file = begin(header, inParent.maps());
        expect(inParent);
        return new ChangedFileSink(file, pages, inParent, pipeline, bytesRead, () -> open.remove(header.path()));
    }

    private OpenFile begin(FileHeader header, List<MapReference> parentMaps) throws RepositoryException {
        OpenFile file = new OpenFile(header, parentMaps);
        if (!open.add(header.path())) {
            throw new IllegalStateException("The file " + header.path() + " is not finished");
        }
        pipeline.put(new Piece.Begin(file));
        files.incrementAndGet();
        return file;
    }

    private void expect(@Nullable ParentFile inParent) throws RepositoryException {
        if (inParent != null) {
            try {
                inParent.expect();
            } catch (InterruptedException e) {
                throw pipeline.interrupted(e);
            }
        }
    }

    @Override
    public void addDirectory(FilePath path, int mode, Instant modified) throws RepositoryException {
        pipeline.put(new Piece.Entry(new IndexEntry.Directory(path, mode, modified)));
    }

    @Override
    public void addSymbolicLink(FilePath path, String destination, Instant modified) throws RepositoryException {
        pipeline.put(new Piece.Entry(new IndexEntry.SymbolicLink(path, destination, modified)));
    }

    private void requireNoOpenFile() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("Not finished: " + open);
        }
    }

    @Override
    public Optional<String> wantsAllPages() {
        return parent == null ? Optional.empty() : parent.wantsAllPages();
    }

    @Override
    public WriteProgress progress() {
        return new WriteProgress(files.get(), bytesRead.get(), bytesStored.get(), buffers.bytesInFlight());
    }

    @Override
    public CommitOutcome commit(BackupDetails details) throws RepositoryException {
        requireNoOpenFile();
        requireItsParent(details);
        pipeline.finish();
        try {
            locks.finish();
            List<PackReference> stored = packs.finish();
            IndexReference indexed = storeIndex();
            long storedBytes =
                    stored.stream().mapToLong(PackReference::length).sum() + assembly.mapBytes() + indexed.length();
            List<AttemptReference> refersTo = assembly.reuse().attempts();
            List<KeyId> needed = dataKeys(refersTo);
            extendKeys(needed);
            BackupManifest manifest = new BackupManifest(
                    backup,
                    attempt,
                    layout.target(),
                    layout.place(),
                    details,
                    FrameReference.PAGE,
                    HexFormat.of().toHexDigits(pageHashSeed),
                    new BackupManifest.Sizes(assembly.files(), assembly.bytes(), storedBytes),
                    indexed,
                    stored,
                    refersTo,
                    assembly.reuse().usedBytes(),
                    needed);
            return commit(manifest);
        } catch (InterruptedException e) {
            throw pipeline.interrupted(e);
        }
    }

    /** The own one, then those of earlier attempts. */
    private List<KeyId> dataKeys(List<AttemptReference> refersTo) throws RepositoryException {
        Set<KeyId> ids = new LinkedHashSet<>();
        dataKey.map(SealingKey::id).ifPresent(ids::add);
        if (parent != null && dataKey.isPresent()) {
            for (AttemptReference attempt : refersTo) {
                ids.add(parent.dataKey(attempt));
            }
        }
        return List.copyOf(ids);
    }

    /** Without its keys nothing opens what is locked; those of earlier attempts are as old as their packs. */
    private void extendKeys(List<KeyId> needed) throws RepositoryException, InterruptedException {
        Set<KeyId> all = new LinkedHashSet<>(needed);
        if (dataKey.isPresent()) {
            keys.newestIndexKey().map(SealingKey::id).ifPresent(all::add);
        }
        for (KeyId key : all) {
            locks.extendAll(layout.wrappedKeys(key));
        }
        locks.finish();
    }

    private void requireItsParent(BackupDetails details) {
        Optional<BackupId> compared = parent == null
                ? Optional.empty()
                : Optional.of(parent.manifest().backup());
        if (!details.parent().equals(compared)) {
            throw new IllegalArgumentException(
                    "The backup was compared with " + compared + ", not " + details.parent());
        }
    }

    private IndexReference storeIndex() throws RepositoryException {
        ObjectKey key = layout.index(backup, attempt);
        try (ObjectUpload upload = store.upload(key)) {
            String sha256 = index.copyTo(upload, key, indexSeal);
            long length = upload.length();
            if (upload.commit() == PutOutcome.EXISTS) {
                throw new RepositoryException.Conflict(
                        "The index " + key + " is there already.", "give every attempt an identifier of its own.");
            }
            return new IndexReference(key, length, sha256, index.entries());
        }
    }

    private CommitOutcome commit(BackupManifest manifest) throws RepositoryException {
        // Whoever closes this meanwhile may have cut the index short: what was given up must not become a backup.
        pipeline.requireGood();
        return switch (stored(manifest)) {
            case ManifestObject.Committed(BackupManifest there)
            when there.attempt().equals(attempt) -> new CommitOutcome.Committed(there);
            case ManifestObject.Committed(BackupManifest there) -> new CommitOutcome.AlreadyCommitted(there);
            case ManifestObject.Aborted aborted -> new CommitOutcome.Fenced(aborted.reason());
        };
    }

    /** What lies under the manifest's key. After a long sleep that may be nothing: then the backup is deleted already. */
    private ManifestObject stored(BackupManifest manifest) throws RepositoryException {
        ManifestObject deleted =
                new ManifestObject.Aborted(backup, attempt, "it was completed by another attempt, and deleted since");
        try {
            ManifestObject found =
                    new Manifests(store, layout, keys).putIfAbsent(backup, new ManifestObject.Committed(manifest));
            return new Tombstones(store, layout).has(backup) ? deleted : found;
        } catch (RepositoryException.NotFound e) {
            return deleted;
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            if (parent != null) {
                parent.abandon();
            }
            pipeline.close();
            locks.close();
            packs.close();
            index.close();
            if (parent != null) {
                parent.close();
            }
            dataKey.ifPresent(SealingKey::destroy);
        }
    }

    /** Cuts a file into frames. No frame reaches over the end of a map's part, which is a multiple of a frame. */
    private final class Sink implements FileSink {
        private final OpenFile file;
        private final @Nullable ParentFile inParent;
        private @Nullable FrameBuffer buffer;
        private long page;
        private boolean finished;

        Sink(OpenFile file, @Nullable ParentFile inParent) {
            this.file = file;
            this.inParent = inParent;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws RepositoryException {
            write(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void write(ByteBuffer bytes) throws RepositoryException {
            if (finished) {
                throw new IllegalStateException("The file " + file.header.path() + " is finished");
            }
            while (bytes.hasRemaining()) {
                FrameBuffer filling = buffer == null ? pipeline.buffer() : buffer;
                buffer = filling;
                int count = Math.min(bytes.remaining(), filling.plain.length - filling.length);
                bytes.get(filling.plain, filling.length, count);
                filling.length += count;
                bytesRead.addAndGet(count);
                if (filling.isFull()) {
                    buffer = null;
                    handOver(filling);
                }
            }
        }

        private void handOver(FrameBuffer filled) throws RepositoryException {
            PartLease lease = inParent == null ? null : pipeline.lease(inParent, (int) (page / FileMap.PAGES_PER_PART));
            if (lease == null) {
                pipeline.compress(file, filled);
            } else {
                pipeline.compare(file, filled, lease, (int) (page % FileMap.PAGES_PER_PART));
            }
            page += FrameReference.PAGES_PER_FRAME;
        }

        @Override
        public void finish() throws RepositoryException {
            if (finished) {
                throw new IllegalStateException("The file " + file.header.path() + " is finished");
            }
            finished = true;
            if (buffer != null) {
                handOver(buffer);
            }
            if (inParent != null) {
                inParent.close();
            }
            pipeline.put(new Piece.Finish(file));
            open.remove(file.header.path());
        }
    }
}
