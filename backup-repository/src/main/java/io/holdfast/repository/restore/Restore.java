package io.holdfast.repository.restore;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.BoundedWork;
import io.holdfast.repository.content.Chunk;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.Damages;
import io.holdfast.repository.content.FileCursor;
import io.holdfast.repository.content.FrameCheckers;
import io.holdfast.repository.content.FrameWindow;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.content.Neighbour;
import io.holdfast.repository.content.PackOpenings;
import io.holdfast.repository.content.ReadAhead;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.IndexEntries;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.restore.SmallFiles.Small;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** One restore of a backup into directories. Used once. */
public final class Restore {
    /**
     * So much of a file is sent to the disk while others are still decompressed; otherwise the disk would be idle first and
     * the processors later. Less is not worth waiting for on its own.
     */
    private static final long FLUSHED_EARLY = 8 << 20;

    private final IndexEntries entries;
    private final RestoredTree tree;
    private final RestoreOptions options;
    private final ReadProgress progress;
    private final MapSource maps;
    private final PackOpenings openings;
    private final PageHasher hasher;
    private final FrameCheckers checkers;
    private final ReadAhead ahead;
    private final BoundedWork<IOException> flushing = new BoundedWork<>("holdfast-flush-", 1);
    private final SmallFiles small = new SmallFiles();
    private final Damages damages = new Damages();
    private final Set<RestoredFile> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong filesDone = new AtomicLong();
    private final AtomicLong bytesDone = new AtomicLong();
    private final AtomicLong bytesKept = new AtomicLong();

    public Restore(
            IndexEntries entries,
            RestoredTree tree,
            RestoreOptions options,
            ReadProgress progress,
            MapSource maps,
            PackOpenings openings,
            PageHasher hasher) {
        this.entries = entries;
        this.tree = tree;
        this.options = options;
        this.progress = progress;
        this.maps = maps;
        this.openings = openings;
        this.hasher = hasher;
        this.checkers = new FrameCheckers(hasher);
        this.ahead = new ReadAhead(options.threads());
    }

    public RestoreReport run() throws IOException {
        entries.<IOException>forEach(entry -> {
            if (entry instanceof IndexEntry.SymbolicLink link) {
                tree.requireInside(link);
            }
        });
        tree.begin();
        long removed = options.compared() ? tree.removeStrays(known()) : 0;
        try (checkers;
                flushing;
                ahead;
                BoundedWork<IOException> work = new BoundedWork<>("holdfast-restore-", options.threads())) {
            entries.<IOException>forEach(entry -> {
                if (entry instanceof IndexEntry.RegularFile file) {
                    if (!small.hold(file)) {
                        restore(file, work);
                    } else if (small.isFull()) {
                        restoreSmall(work);
                    }
                } else if (entry instanceof IndexEntry.Directory directory) {
                    tree.createDirectory(directory.path());
                }
            });
            restoreSmall(work);
            work.finish();
            flushing.finish();
            entries.<IOException>forEach(entry -> work.submit(() -> settle(entry)));
            work.finish();
        } finally {
            // Only after a failure: no task runs any more.
            for (RestoredFile incomplete : open) {
                incomplete.close();
            }
        }
        tree.finish();
        return new RestoreReport(filesDone.get(), bytesDone.get(), bytesKept.get(), removed, damages.all());
    }

    private KnownPaths known() throws IOException {
        KnownPaths known = new KnownPaths();
        entries.<IOException>forEach(entry -> {
            switch (entry) {
                case IndexEntry.RegularFile file -> known.addFile(tree.name(file.path()));
                case IndexEntry.Directory directory -> known.addDirectory(directory.path());
                case IndexEntry.SymbolicLink link -> known.addLink(link.path());
                case IndexEntry.Attachment attachment -> {}
            }
        });
        options.redirects().keySet().forEach(known::addLink);
        known.close();
        return known;
    }

    /** A file of several parts is restored by as many tasks, so that one large file keeps every thread busy. */
    private void restore(IndexEntry.RegularFile file, BoundedWork<IOException> work) throws IOException {
        int parts = file.maps().size();
        if (parts <= 1) {
            work.submit(() -> {
                try (RestoredFile out = tree.createFile(file, 1)) {
                    restore(out, new Part(file, 0));
                }
            });
            return;
        }
        RestoredFile out = tree.createFile(file, parts);
        open.add(out);
        for (int part = 0; part < parts; part++) {
            Part one = new Part(file, part);
            work.submit(() -> restore(out, one));
        }
    }

    private void restoreSmall(BoundedWork<IOException> work) throws IOException {
        for (List<Small> group : small.release()) {
            work.submit(() -> restoreTogether(group));
        }
    }

    /** What is there already is looked at in all of them first, so that nothing is fetched for the sake of it. */
    private void restoreTogether(List<Small> group) throws IOException {
        List<RestoredFile> outs = new ArrayList<>();
        List<BitSet> kept = new ArrayList<>();
        List<Run> wanted = new ArrayList<>();
        try {
            for (Small each : group) {
                RestoredFile out = tree.createFile(each.file(), 1);
                outs.add(out);
                List<Run> runs = each.map().runs();
                BitSet there = out.present(hasher).among(runs, 0, each.file().length());
                kept.add(there);
                wanted.add(
                        there.get(runs.indexOf(each.run()))
                                ? new Run.Zeros(each.run().pages())
                                : each.run());
            }
            FrameWindow window = new FrameWindow(maps.store(), maps.layout(), ahead);
            for (int number = 0; number < group.size(); number++) {
                IndexEntry.RegularFile file = group.get(number).file();
                BitSet there = kept.get(number);
                Neighbour neighbour = new Neighbour(window, wanted, number);
                restore(
                        outs.get(number),
                        file,
                        checker -> FileCursor.ofNeighbour(
                                file, maps, openings, checker, (runs, position, length) -> there, neighbour));
            }
        } finally {
            for (RestoredFile out : outs) {
                out.close();
            }
        }
    }

    private record Part(IndexEntry.RegularFile file, int number) {}

    private void restore(RestoredFile out, Part part) throws IOException {
        restore(
                out,
                part.file(),
                checker -> part.file().maps().isEmpty()
                        ? new FileCursor(part.file(), maps, openings, checker)
                        : FileCursor.ofPart(
                                part.file(), part.number(), maps, openings, checker, out.present(hasher), ahead));
    }

    private void restore(RestoredFile out, IndexEntry.RegularFile file, Function<FrameChecker, FileCursor> cursors)
            throws IOException {
        FrameChecker checker = checkers.take();
        long written = 0;
        try {
            FileCursor cursor = cursors.apply(checker);
            long position = cursor.position();
            for (Optional<Chunk> chunk = cursor.next(); chunk.isPresent(); chunk = cursor.next()) {
                switch (chunk.get()) {
                    case Chunk.Bytes bytes -> out.write(position, bytes.bytes(), bytes.offset(), (int) bytes.length());
                    case Chunk.Zeros zeros -> out.writeZeros(position, zeros.length());
                    case Chunk.Kept kept -> bytesKept.addAndGet(kept.length());
                    case Chunk.Lost lost -> {
                        accept(lost.damage());
                        out.writeZeros(position, lost.length());
                    }
                }
                position += chunk.get().length();
                written += chunk.get() instanceof Chunk.Kept ? 0 : chunk.get().length();
                progress.at(filesDone.get(), bytesDone.addAndGet(chunk.get().length()));
            }
        } finally {
            checkers.giveBack(checker);
        }
        if (out.endPart()) {
            open.remove(out);
            progress.at(filesDone.incrementAndGet(), bytesDone.get());
        }
        if (written >= FLUSHED_EARLY) {
            flushing.submit(() -> tree.sync(file.path()));
        }
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
