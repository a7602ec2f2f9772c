package io.holdfast.repository.fuzz;

import com.github.luben.zstd.Zstd;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.encoding.FieldWriter;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.map.FrameDigest;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.map.PageHashes;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.seal.FrameOpening;
import java.nio.ByteBuffer;

/** Frames whose digest is right, whatever they hold. */
final class Frames {
    private Frames() {}

    static void check(byte[] stored, int plainLength) {
        if (plainLength > FrameReference.LONGEST_PLAIN || stored.length > FrameReference.LONGEST_STORED) {
            return;
        }
        ByteBuffer digest = ByteBuffer.wrap(Sha256.digest().digest(stored));
        FrameReference frame = new FrameReference(
                new PackName(new BackupId("b"), new AttemptId("a"), 0),
                64,
                stored.length,
                plainLength,
                new FrameDigest(digest.getLong(), digest.getLong()));
        Run.Stored run = new Run.Stored(frame, 0, PageHashes.of(new long[frame.pages()]));
        try (FrameChecker checker = new FrameChecker(PageHasher.seeded(1))) {
            switch (checker.check(run, FrameOpening.PLAIN, stored, 0)) {
                case FrameChecker.Result.Good good -> throw new IllegalStateException("all hashes are zero");
                case FrameChecker.Result.WrongDigest wrong -> {}
                case FrameChecker.Result.Unreadable unreadable -> {}
            }
        }
    }

    static byte[] seed() {
        byte[] plain = new byte[16 * 512];
        plain[100] = 7;
        return new FieldWriter().u8(1).u8(255).raw(Zstd.compress(plain, 3)).toByteArray();
    }
}
