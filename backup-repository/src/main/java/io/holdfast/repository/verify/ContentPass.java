package io.holdfast.repository.verify;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.BoundedWork;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.Damages;
import io.holdfast.repository.content.FileCursor;
import io.holdfast.repository.content.FrameCheckers;
import io.holdfast.repository.content.FrameWindow;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.content.PackOpenings;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.seal.FrameOpening;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * Opens what is stored and checks all of it. Index, maps and packs are read in the order of the index by one thread, each
 * byte once; frames are checked by several. Used once.
 */
final class ContentPass {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final MapSource maps;
    private final PackOpenings openings;
    private final boolean canOpen;
    private final OwnPacks packs;
    private final FrameCheckers checkers;
    private final EarlierHeaders headers;
    private final Damages damages;
    private final BoundedWork<RepositoryException> work;
    private final AtomicLong bytesDone = new AtomicLong();
    private final AtomicLong bytesClosed = new AtomicLong();
    private long storedBytes;

    /** @param canOpen whether every data key is here; if not, frames are checked as they are stored */
    ContentPass(
            ObjectStore store,
            PlaceLayout layout,
            MapSource maps,
            PackOpenings openings,
            boolean canOpen,
            OwnPacks packs,
            FrameCheckers checkers,
            EarlierHeaders headers,
            Damages damages,
            BoundedWork<RepositoryException> work) {
        this.store = store;
        this.layout = layout;
        this.maps = maps;
        this.openings = openings;
        this.canOpen = canOpen;
        this.packs = packs;
        this.checkers = checkers;
        this.headers = headers;
        this.damages = damages;
        this.work = work;
    }

    /** Reads what is stored of a file and has it checked. */
    void file(IndexEntry.WithContent file, FileSum sum) throws RepositoryException {
        long position = 0;
        for (var reference : file.maps()) {
            long length = Math.min(file.length() - position, FileMap.BYTES_PER_PART);
            switch (maps.get(reference, length)) {
                case MapSource.Found.Bad(ObjectKey object, DamageKind kind, String detail) -> {
                    sum.lose();
                    damages.add(FileCursor.damage(object, file.path(), position, length, kind, detail));
                }
                case MapSource.Found.Good(FileMap map, long read) -> {
                    storedBytes += read;
                    part(file, position, map, sum);
                }
            }
            position += length;
        }
        sum.end();
    }

    private void part(IndexEntry.WithContent file, long start, FileMap map, FileSum sum) throws RepositoryException {
        FrameWindow earlier = new FrameWindow(store, layout);
        long position = start;
        for (int i = 0; i < map.runs().size(); i++) {
            Run run = map.runs().get(i);
            long length = Math.min((long) run.pages() * FrameReference.PAGE, file.length() - position);
            switch (run) {
                case Run.Zeros zeros -> {
                    bytesDone.addAndGet(length);
                    if (sum.isWanted()) {
                        sum.addZeros(length, file.length() - position - length);
                    }
                }
                case Run.Stored stored -> {
                    Optional<FrameWindow.Found> own = packs.frame(stored.frame(), file.path());
                    FrameWindow.Found found = own.isPresent() ? own.get() : earlier.get(map.runs(), i, stored.frame());
                    Piece piece = new Piece(file, position, length, stored, sum);
                    sum.begin();
                    work.submit(() -> check(piece, found));
                }
            }
            position += length;
        }
    }

    /** Bytes of a file that lie in one frame. */
    private record Piece(IndexEntry.WithContent file, long position, long length, Run.Stored run, FileSum sum) {
        long behind() {
            return file.length() - position - length;
        }
    }

    private void check(Piece piece, FrameWindow.Found found) throws RepositoryException {
        switch (found) {
            case FrameWindow.Found.Bad(DamageKind kind, String detail) -> lose(piece, kind, detail);
            case FrameWindow.Found.Good good -> {
                FrameChecker checker = checkers.take();
                try {
                    check(piece, good, checker);
                } finally {
                    checkers.giveBack(checker);
                }
            }
        }
        piece.sum().end();
        bytesDone.addAndGet(piece.length());
    }

    private void check(Piece piece, FrameWindow.Found.Good frame, FrameChecker checker) throws RepositoryException {
        if (!canOpen) {
            headers.use(piece.run().frame().pack(), piece.file().path());
            piece.sum().lose();
            bytesClosed.addAndGet(piece.length());
            checker.checkStored(piece.run().frame(), frame.stored(), frame.from())
                    .ifPresent(changed -> lose(piece, DamageKind.WRONG_DIGEST, changed.detail()));
            return;
        }
        switch (openings.get(piece.run().frame().pack())) {
            case PackOpenings.Found.Bad(DamageKind kind, String detail) -> lose(piece, kind, detail);
            case PackOpenings.Found.Good(FrameOpening opening) ->
                opened(piece, checker.check(piece.run(), opening, frame.stored(), frame.from()));
        }
    }

    private void opened(Piece piece, FrameChecker.Result result) {
        switch (result) {
            case FrameChecker.Result.Good good -> {
                if (good.length() < piece.length()) {
                    lose(piece, DamageKind.UNREADABLE, "the frame is too short");
                } else if (piece.sum().isWanted()) {
                    CRC32C crc = new CRC32C();
                    crc.update(good.plain(), good.offset(), (int) piece.length());
                    piece.sum().add((int) crc.getValue(), piece.behind());
                }
            }
            case FrameChecker.Result.WrongDigest(String detail) -> lose(piece, DamageKind.WRONG_DIGEST, detail);
            case FrameChecker.Result.Unreadable(String detail) -> lose(piece, DamageKind.UNREADABLE, detail);
        }
    }

    private void lose(Piece piece, DamageKind kind, String detail) {
        piece.sum().lose();
        damages.add(FileCursor.damage(
                layout.pack(piece.run().frame().pack()),
                piece.file().path(),
                piece.position(),
                piece.length(),
                kind,
                detail));
    }

    /** Plain bytes that were looked at so far. */
    long bytesDone() {
        return bytesDone.get();
    }

    /** Of these, how many could not be opened. */
    long bytesClosed() {
        return bytesClosed.get();
    }

    /** Stored bytes of maps. */
    long storedBytes() {
        return storedBytes;
    }
}
