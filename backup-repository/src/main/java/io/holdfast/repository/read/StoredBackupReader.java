package io.holdfast.repository.read;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.FileCursor;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.content.PackOpenings;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntries;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.restore.Restore;
import io.holdfast.repository.restore.RestoreOptions;
import io.holdfast.repository.restore.RestoreReport;
import io.holdfast.repository.restore.RestoredTree;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.verify.Verification;
import io.holdfast.repository.verify.VerificationReport;
import io.holdfast.repository.verify.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a backup from the store it lies in. */
public final class StoredBackupReader implements BackupReader {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BackupManifest manifest;
    private final PlaceKeys keys;
    private final IndexEntries entries;
    private final MapSource maps;
    private final PackOpenings openings;
    private final PageHasher hasher;

    private StoredBackupReader(
            ObjectStore store, PlaceLayout layout, PlaceKeys keys, BackupManifest manifest, PageHasher hasher) {
        this.store = store;
        this.layout = layout;
        this.manifest = manifest;
        this.keys = keys;
        this.entries = new IndexEntries(store, manifest.index(), keys);
        this.maps = new MapSource(store, layout, keys);
        this.openings = new PackOpenings(store, layout, keys, manifest);
        this.hasher = hasher;
    }

    /**
     * A reader of the backup that the manifest describes.
     *
     * @throws RepositoryException.Damaged if the manifest says what cannot be
     */
    public static StoredBackupReader of(ObjectStore store, PlaceLayout layout, PlaceKeys keys, BackupManifest manifest)
            throws RepositoryException {
        try {
            long seed = Long.parseUnsignedLong(manifest.pageHashSeed(), 16);
            return new StoredBackupReader(store, layout, keys, manifest, PageHasher.seeded(seed));
        } catch (NumberFormatException e) {
            ObjectKey key = layout.manifest(manifest.backup());
            throw new RepositoryException.Damaged(
                    key,
                    "its page hash seed is no number",
                    "The manifest " + key + " is damaged: its page hash seed is no number.",
                    "restore from another backup.",
                    e);
        }
    }

    @Override
    public BackupManifest manifest() {
        return manifest;
    }

    @Override
    public <X extends Exception> void forEachEntry(IndexEntries.Visitor<X> visitor) throws RepositoryException, X {
        entries.forEach(visitor);
    }

    @Override
    public Optional<IndexEntry> find(FilePath path) throws RepositoryException {
        return entries.find(path);
    }

    @Override
    public InputStream open(IndexEntry.WithContent file) {
        FrameChecker checker = new FrameChecker(hasher);
        return new CheckedContentStream(new FileCursor(file, maps, openings, checker), checker);
    }

    @Override
    public RestoreReport restoreTo(Path directory, RestoreOptions options, ReadProgress progress) throws IOException {
        RestoredTree tree = new RestoredTree(directory, options);
        return new Restore(entries, tree, options, progress, maps, openings, hasher).run();
    }

    @Override
    public void requireAtHand(boolean packs) throws RepositoryException {
        Foothold foothold = new Foothold(store, layout, keys, manifest);
        foothold.requireKeys();
        if (packs) {
            foothold.requirePacks();
        }
    }

    @Override
    public VerificationReport verify(VerifyOptions options, ReadProgress progress) throws RepositoryException {
        return new Verification(store, layout, keys, manifest, maps, openings, hasher, options, progress).run();
    }
}
