package io.holdfast.repository.read;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexReader;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.seal.FrameOpening;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One verification of a backup: index, maps and packs are read in the order of the index by one thread, each byte once;
 * frames are checked by several. Used once.
 */
final class Verification {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final BackupManifest manifest;
    private final MapSource maps;
    private final PackOpenings openings;
    private final PageHasher hasher;
    private final int threads;
    private final ReadProgress progress;
    private final Damages damages = new Damages();
    private final List<Damage> wholePacks = new ArrayList<>();
    private final Queue<FrameChecker> checkers = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytesDone = new AtomicLong();
    private final AtomicLong bytesClosed = new AtomicLong();
    private final Set<KeyId> keysUsed = new LinkedHashSet<>();
    private boolean canOpen;
    private long filesDone;
    private long storedBytes;

    Verification(
            ObjectStore store,
            PlaceLayout layout,
            PlaceKeys keys,
            BackupManifest manifest,
            MapSource maps,
            PackOpenings openings,
            PageHasher hasher,
            int threads,
            ReadProgress progress) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.manifest = manifest;
        this.maps = maps;
        this.openings = openings;
        this.hasher = hasher;
        this.threads = threads;
        this.progress = progress;
    }

    VerificationReport run() throws RepositoryException {
        verifyManifest();
        canOpen = openings.areAllHere();
        try (BoundedWork<RepositoryException> work = new BoundedWork<>("holdfast-verify-", threads);
                OwnPacks packs = new OwnPacks(store, layout, manifest)) {
            if (verifyIndex()) {
                verifyFiles(packs, work);
            }
            wholePacks.addAll(packs.finish());
            storedBytes += packs.bytesRead();
            work.finish();
        } finally {
            checkers.forEach(FrameChecker::close);
        }
        // A pack with a broken frame has a wrong digest as well: say the one that names the page.
        wholePacks.stream()
                .filter(pack -> !damages.hasAny(pack.object()))
                .toList()
                .forEach(damages::add);
        List<WalSegmentName> missingWal = verifyWal();
        verifyKeys();
        return new VerificationReport(
                filesDone, bytesDone.get(), storedBytes, missingWal, damages.all(), bytesClosed.get());
    }

    private void verifyManifest() throws RepositoryException {
        ObjectKey key = layout.manifest(manifest.backup());
        try {
            ManifestObject found = new Manifests(store, layout, keys).get(manifest.backup());
            if (!found.equals(new ManifestObject.Committed(manifest))) {
                damages.add(whole(key, DamageKind.WRONG_DIGEST, "the manifest is another one than was asked for"));
            }
        } catch (RepositoryException.Damaged e) {
            damages.add(whole(key, DamageKind.UNREADABLE, e.what()));
        } catch (RepositoryException.NotFound e) {
            damages.add(whole(key, DamageKind.MISSING, "the manifest is missing"));
        }
    }

    /** Whether the index can be gone through. */
    private boolean verifyIndex() throws RepositoryException {
        ObjectKey key = manifest.index().key();
        try {
            IndexReader.check(store, manifest.index());
            storedBytes += manifest.index().length();
            return true;
        } catch (RepositoryException.Damaged e) {
            damages.add(whole(key, DamageKind.WRONG_DIGEST, e.what()));
        } catch (RepositoryException.NotFound e) {
            damages.add(whole(key, DamageKind.MISSING, "the index is missing"));
        }
        return false;
    }

    private void verifyFiles(OwnPacks packs, BoundedWork<RepositoryException> work) throws RepositoryException {
        try (IndexReader index = IndexReader.open(store, manifest.index(), keys)) {
            for (Optional<IndexEntry> entry = index.next(); entry.isPresent(); entry = index.next()) {
                if (entry.get() instanceof IndexEntry.WithContent file) {
                    verify(file, packs, work);
                    filesDone++;
                    progress.at(filesDone, bytesDone.get());
                }
            }
        } catch (RepositoryException.Damaged e) {
            damages.add(whole(manifest.index().key(), DamageKind.UNREADABLE, e.what()));
        }
    }

    private void verify(IndexEntry.WithContent file, OwnPacks packs, BoundedWork<RepositoryException> work)
            throws RepositoryException {
        long position = 0;
        for (var reference : file.maps()) {
            long length = Math.min(file.length() - position, FileMap.BYTES_PER_PART);
            switch (maps.get(reference, length)) {
                case MapSource.Found.Bad(ObjectKey object, DamageKind kind, String detail) ->
                    damages.add(FileCursor.damage(object, file.path(), position, length, kind, detail));
                case MapSource.Found.Good(FileMap map, long read) -> {
                    storedBytes += read;
                    verify(file, position, map, packs, work);
                }
            }
            position += length;
        }
    }

    private void verify(
            IndexEntry.WithContent file, long start, FileMap map, OwnPacks packs, BoundedWork<RepositoryException> work)
            throws RepositoryException {
        FrameWindow earlier = new FrameWindow(store, layout);
        long position = start;
        for (int i = 0; i < map.runs().size(); i++) {
            Run run = map.runs().get(i);
            long length = Math.min((long) run.pages() * FrameReference.PAGE, file.length() - position);
            long at = position;
            switch (run) {
                case Run.Zeros zeros -> bytesDone.addAndGet(length);
                case Run.Stored stored -> {
                    Optional<FrameWindow.Found> own = packs.frame(stored.frame(), file.path());
                    FrameWindow.Found found = own.isPresent() ? own.get() : earlier.get(map.runs(), i, stored.frame());
                    work.submit(() -> check(file, at, length, stored, found));
                }
            }
            position += length;
        }
    }

    private void check(IndexEntry.WithContent file, long position, long length, Run.Stored run, FrameWindow.Found found)
            throws RepositoryException {
        ObjectKey pack = layout.pack(run.frame().pack());
        switch (found) {
            case FrameWindow.Found.Bad(DamageKind kind, String detail) ->
                damages.add(FileCursor.damage(pack, file.path(), position, length, kind, detail));
            case FrameWindow.Found.Good(byte[] stored) -> check(file, position, length, run, pack, stored);
        }
        bytesDone.addAndGet(length);
    }

    private void check(
            IndexEntry.WithContent file, long position, long length, Run.Stored run, ObjectKey pack, byte[] stored)
            throws RepositoryException {
        FrameChecker pooled = checkers.poll();
        FrameChecker checker = pooled == null ? new FrameChecker(hasher) : pooled;
        try {
            if (!canOpen) {
                bytesClosed.addAndGet(length);
                checker.checkStored(run.frame(), stored)
                        .ifPresent(changed -> damages.add(FileCursor.damage(
                                pack, file.path(), position, length, DamageKind.WRONG_DIGEST, changed.detail())));
                return;
            }
            switch (openings.get(run.frame().pack())) {
                case PackOpenings.Found.Bad(DamageKind kind, String detail) ->
                    damages.add(FileCursor.damage(pack, file.path(), position, length, kind, detail));
                case PackOpenings.Found.Good(FrameOpening opening) ->
                    opened(file, position, length, pack, checker.check(run, opening, stored));
            }
        } finally {
            checkers.add(checker);
        }
    }

    private void opened(
            IndexEntry.WithContent file, long position, long length, ObjectKey pack, FrameChecker.Result result) {
        switch (result) {
            case FrameChecker.Result.Good good -> {
                if (good.length() < length) {
                    damages.add(FileCursor.damage(
                            pack, file.path(), position, length, DamageKind.UNREADABLE, "the frame is too short"));
                }
            }
            case FrameChecker.Result.WrongDigest(String detail) ->
                damages.add(FileCursor.damage(pack, file.path(), position, length, DamageKind.WRONG_DIGEST, detail));
            case FrameChecker.Result.Unreadable(String detail) ->
                damages.add(FileCursor.damage(pack, file.path(), position, length, DamageKind.UNREADABLE, detail));
        }
    }

    private List<WalSegmentName> verifyWal() throws RepositoryException {
        if (!(manifest.details().content() instanceof BackupContent.Physical physical)) {
            return List.of();
        }
        WalNeeded needed = physical.wal();
        StoredWal all = StoredWal.of(store, layout, keys);
        StoredWal wal = manifest.isSealed() ? all.sealedOnly() : all;
        verifyHistory(wal, needed.timeline());
        List<WalSegmentName> missing =
                wal.covers(needed.timeline(), needed.startLsn(), needed.stopLsn(), needed.segmentSize());
        for (WalSegmentName segment : needed.segments()) {
            for (StoredWal.Problem problem : wal.check(segment, keysUsed::add)) {
                damages.add(whole(problem.object(), DamageKind.UNREADABLE, problem.detail()));
            }
        }
        return missing;
    }

    /** Recovery on a timeline needs its history; the first has none. */
    private void verifyHistory(StoredWal wal, int timeline) throws RepositoryException {
        if (timeline == 1) {
            return;
        }
        ObjectKey key = layout.timelineHistory(timeline);
        if (store.head(key).isEmpty()) {
            damages.add(whole(key, DamageKind.MISSING, "the timeline's history file is missing"));
            return;
        }
        for (StoredWal.Problem problem : wal.checkHistory(timeline, keysUsed::add)) {
            damages.add(whole(problem.object(), DamageKind.UNREADABLE, problem.detail()));
        }
    }

    /** Without a wrapped key that can be opened, nothing can. */
    private void verifyKeys() throws RepositoryException {
        if (!manifest.isSealed()) {
            return;
        }
        keysUsed.addAll(manifest.dataKeys());
        indexKey().ifPresent(keysUsed::add);
        for (KeyId key : keysUsed) {
            for (PlaceKeys.WrapProblem problem : keys.checkWraps(key)) {
                DamageKind kind = problem.missing() ? DamageKind.MISSING : DamageKind.WRONG_DIGEST;
                damages.add(whole(problem.object(), kind, problem.detail()));
            }
        }
    }

    /** That of the index; if it cannot be read, that was said already. */
    private Optional<KeyId> indexKey() throws RepositoryException {
        ObjectKey index = manifest.index().key();
        try (InputStream in = store.open(index, 0, ObjectHeader.LENGTH)) {
            return Optional.of(KeyId.of(ObjectHeader.read(ObjectHeader.Type.INDEX, in.readAllBytes())
                    .key()));
        } catch (RepositoryException.NotFound | MalformedException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + index);
        }
    }

    private static Damage whole(ObjectKey key, DamageKind kind, String detail) {
        return new Damage(key, List.of(), Optional.empty(), kind, detail);
    }
}
