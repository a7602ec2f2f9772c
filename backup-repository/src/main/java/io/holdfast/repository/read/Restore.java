package io.holdfast.repository.read;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.pack.FrameChecker;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** One restore of a backup into directories. Used once. */
final class Restore {
    private final StoredBackupReader backup;
    private final RestoredTree tree;
    private final RestoreOptions options;
    private final ReadProgress progress;
    private final MapSource maps;
    private final PackOpenings openings;
    private final PageHasher hasher;
    private final Damages damages = new Damages();
    private final AtomicLong filesDone = new AtomicLong();
    private final AtomicLong bytesDone = new AtomicLong();

    Restore(
            StoredBackupReader backup,
            RestoredTree tree,
            RestoreOptions options,
            ReadProgress progress,
            MapSource maps,
            PackOpenings openings,
            PageHasher hasher) {
        this.backup = backup;
        this.tree = tree;
        this.options = options;
        this.progress = progress;
        this.maps = maps;
        this.openings = openings;
        this.hasher = hasher;
    }

    RestoreReport run() throws IOException {
        backup.<IOException>forEachEntry(entry -> {
            if (entry instanceof IndexEntry.SymbolicLink link) {
                tree.requireInside(link);
            }
        });
        tree.begin();
        try (BoundedWork<IOException> work = new BoundedWork<>("holdfast-restore-", options.threads())) {
            backup.<IOException>forEachEntry(entry -> {
                if (entry instanceof IndexEntry.RegularFile file) {
                    work.submit(() -> restore(file));
                } else if (entry instanceof IndexEntry.Directory directory) {
                    tree.createDirectory(directory.path());
                }
            });
            work.finish();
            backup.<IOException>forEachEntry(entry -> work.submit(() -> settle(entry)));
            work.finish();
        }
        tree.finish();
        return new RestoreReport(filesDone.get(), bytesDone.get(), damages.all());
    }

    private void restore(IndexEntry.RegularFile file) throws IOException {
        try (RestoredFile out = tree.createFile(file);
                FrameChecker checker = new FrameChecker(hasher)) {
            FileCursor cursor = new FileCursor(file, maps, openings, checker);
            for (Optional<Chunk> chunk = cursor.next(); chunk.isPresent(); chunk = cursor.next()) {
                switch (chunk.get()) {
                    case Chunk.Bytes bytes -> out.write(bytes.bytes(), bytes.offset(), (int) bytes.length());
                    case Chunk.Zeros zeros -> out.writeZeros(zeros.length());
                    case Chunk.Lost lost -> {
                        accept(lost.damage());
                        out.writeZeros(lost.length());
                    }
                }
                progress.at(filesDone.get(), bytesDone.addAndGet(chunk.get().length()));
            }
        }
        progress.at(filesDone.incrementAndGet(), bytesDone.get());
    }

    private void accept(Damage damage) throws RepositoryException {
        if (!options.acceptDamage()) {
            throw Damages.exception(damage);
        }
        damages.add(damage);
    }

    /** What waits until all files are written: syncing is cheap then, and links cannot lead writing astray. */
    private void settle(IndexEntry entry) throws IOException {
        switch (entry) {
            case IndexEntry.RegularFile file -> tree.sync(file.path());
            case IndexEntry.Directory directory -> tree.noteMode(directory);
            case IndexEntry.SymbolicLink link -> tree.createLink(link);
            case IndexEntry.Attachment attachment -> {}
        }
    }
}
