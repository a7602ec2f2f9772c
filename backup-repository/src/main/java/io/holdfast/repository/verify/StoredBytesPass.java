package io.holdfast.repository.verify;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.BoundedWork;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.Damages;
import io.holdfast.repository.content.FileCursor;
import io.holdfast.repository.content.FrameCheckers;
import io.holdfast.repository.content.FrameWindow;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.content.ReadAhead;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds what is stored against its digests, without opening it: first the backup's own packs, each as a whole, several at
 * once; then what the index names: shared maps, and frames and headers of
 * earlier backups' packs. Frames of own packs that are not right
 * as a whole are looked at one by one, to say which pages are lost. Used once.
 */
final class StoredBytesPass {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final BackupManifest manifest;
    private final MapSource maps;
    private final FrameCheckers checkers;
    private final EarlierHeaders headers;
    private final Damages damages;
    private final BoundedWork<RepositoryException> work;
    private final ReadAhead ahead;
    /** Lengths of own packs that are right from their first byte to their last. */
    private final Map<PackName, Long> proven = new ConcurrentHashMap<>();

    private final Map<PackName, Damage> broken = new ConcurrentHashMap<>();
    private final AtomicLong storedBytes = new AtomicLong();

    StoredBytesPass(
            ObjectStore store,
            PlaceLayout layout,
            BackupManifest manifest,
            MapSource maps,
            FrameCheckers checkers,
            EarlierHeaders headers,
            Damages damages,
            BoundedWork<RepositoryException> work,
            ReadAhead ahead) {
        this.ahead = ahead;
        this.store = store;
        this.layout = layout;
        this.manifest = manifest;
        this.maps = maps;
        this.checkers = checkers;
        this.headers = headers;
        this.damages = damages;
        this.work = work;
    }

    /** Reads all own packs; {@code checked} hears of their stored bytes. */
    void packs(Checked checked) throws RepositoryException {
        for (PackReference pack : manifest.packs()) {
            work.submit(() -> {
                readWhole(pack);
                checked.bytes(pack.length());
            });
        }
        work.finish();
    }

    private void readWhole(PackReference pack) throws RepositoryException {
        PackName name = new PackName(manifest.backup(), manifest.attempt(), pack.number());
        try (PackScan scan = new PackScan(
                store, layout.pack(name), pack, manifest.dataKeys().stream().findFirst(), ahead)) {
            scan.finish().ifPresentOrElse(wrong -> broken.put(name, wrong), () -> proven.put(name, pack.length()));
            storedBytes.addAndGet(scan.bytesRead());
        }
    }

    /** Looks at what a file needs beside own packs that are right; {@code checked} hears of its plain bytes. */
    void file(IndexEntry.WithContent file, Checked checked) throws RepositoryException {
        long position = 0;
        for (MapReference reference : file.maps()) {
            long start = position;
            long length = Math.min(file.length() - position, FileMap.BYTES_PER_PART);
            work.submit(() -> {
                part(file, reference, start, length);
                checked.bytes(length);
            });
            position += length;
        }
    }

    /** Told how much more was looked at, by several threads. */
    @FunctionalInterface
    interface Checked {
        void bytes(long count);
    }

    private void part(IndexEntry.WithContent file, MapReference reference, long position, long length)
            throws RepositoryException {
        switch (maps.get(reference, length)) {
            case MapSource.Found.Bad(ObjectKey object, DamageKind kind, String detail) ->
                damages.add(FileCursor.damage(object, file.path(), position, length, kind, detail));
            case MapSource.Found.Good(FileMap map, long read) -> {
                storedBytes.addAndGet(read);
                runs(file, position, map.runs());
            }
        }
    }

    private void runs(IndexEntry.WithContent file, long start, List<Run> runs) throws RepositoryException {
        FrameWindow window = new FrameWindow(store, layout);
        long position = start;
        for (int i = 0; i < runs.size(); i++) {
            long length = Math.min((long) runs.get(i).pages() * FrameReference.PAGE, file.length() - position);
            if (runs.get(i) instanceof Run.Stored stored) {
                headers.use(stored.frame().pack(), file.path());
                Optional<FrameWindow.Found.Bad> wrong = frame(window, runs, i, stored.frame());
                if (wrong.isPresent()) {
                    ObjectKey pack = layout.pack(stored.frame().pack());
                    damages.add(FileCursor.damage(
                            pack,
                            file.path(),
                            position,
                            length,
                            wrong.get().kind(),
                            wrong.get().detail()));
                }
            }
            position += length;
        }
    }

    /** What is wrong with a frame. */
    private Optional<FrameWindow.Found.Bad> frame(FrameWindow window, List<Run> runs, int at, FrameReference frame)
            throws RepositoryException {
        Long packLength = proven.get(frame.pack());
        if (packLength != null) {
            return frame.offset() + frame.storedLength() <= packLength
                    ? Optional.empty()
                    : Optional.of(new FrameWindow.Found.Bad(
                            DamageKind.WRONG_LENGTH, "the pack ends before the frame at byte " + frame.offset()));
        }
        return switch (window.get(runs, at, frame)) {
            case FrameWindow.Found.Bad bad -> Optional.of(bad);
            case FrameWindow.Found.Good(byte[] stored, int from) -> {
                if (!broken.containsKey(frame.pack())) {
                    storedBytes.addAndGet(frame.storedLength());
                }
                FrameChecker checker = checkers.take();
                try {
                    yield checker.checkStored(frame, stored, from)
                            .map(changed -> new FrameWindow.Found.Bad(DamageKind.WRONG_DIGEST, changed.detail()));
                } finally {
                    checkers.giveBack(checker);
                }
            }
        };
    }

    /** What is wrong with own packs as a whole, to be said where no frame says it. */
    List<Damage> brokenPacks() {
        return List.copyOf(broken.values());
    }

    /** How many were read so far. */
    long storedBytes() {
        return storedBytes.get();
    }
}
