package io.holdfast.repository.pack;

import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.map.FrameDigest;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.seal.FrameOpening;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Takes the pages of a run out of its frame and checks everything on the way: the digest of the stored bytes, that they
 * decompress, and the hash of each page, which also finds a compressor's fault. Not safe for use by several threads.
 */
public final class FrameChecker implements AutoCloseable {
    private final PageHasher hasher;
    private final FrameOpener opener = new FrameOpener();
    private final MessageDigest sha256 = Sha256.digest();
    private byte[] plain = new byte[FrameReference.PAGE * FrameReference.PAGES_PER_FRAME];

    /** Checks pages hashed with {@code hasher}. */
    public FrameChecker(PageHasher hasher) {
        this.hasher = hasher;
    }

    /** What a check found. */
    public sealed interface Result {
        /**
         * The pages of the run.
         *
         * @param plain valid until the next check
         */
        record Good(byte[] plain, int offset, int length) implements Result {}

        /** A digest or hash is another one. */
        record WrongDigest(String detail) implements Result {}

        /** The digest is right and yet it does not decompress. */
        record Unreadable(String detail) implements Result {}
    }

    /** Checks the run against the stored bytes of its frame, which begin at {@code from}. */
    public Result check(Run.Stored run, FrameOpening opening, byte[] stored, int from) {
        FrameReference frame = run.frame();
        Optional<Result.WrongDigest> changed = checkStored(frame, stored, from);
        if (changed.isPresent()) {
            return changed.get();
        }
        if (plain.length < frame.plainLength()) {
            plain = new byte[frame.plainLength()];
        }
        try {
            opener.open(frame, opening, stored, from, plain);
        } catch (MalformedException e) {
            return new Result.Unreadable(String.valueOf(e.getMessage()));
        }
        for (int page = 0; page < run.pages(); page++) {
            if (hasher.hashPage(plain, run.firstPage() + page, frame.plainLength())
                    != run.pageHashes().get(page)) {
                return new Result.WrongDigest("page " + (run.firstPage() + page) + " of the frame at byte "
                        + frame.offset() + " has another hash");
            }
        }
        int offset = run.firstPage() * FrameReference.PAGE;
        int end = Math.min(offset + run.pages() * FrameReference.PAGE, frame.plainLength());
        return new Result.Good(plain, offset, end - offset);
    }

    /** Checks nothing but the stored bytes of a frame: all that can be done without the key that they are sealed with. */
    public Optional<Result.WrongDigest> checkStored(FrameReference frame, byte[] stored, int from) {
        return FrameDigest.of(sha256, stored, from, frame.storedLength()).equals(frame.digest())
                ? Optional.empty()
                : Optional.of(new Result.WrongDigest(
                        "the SHA-256 of the frame at byte " + frame.offset() + " is another one"));
    }

    @Override
    public void close() {
        opener.close();
    }
}
