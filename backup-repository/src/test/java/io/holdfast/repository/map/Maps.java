package io.holdfast.repository.map;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Maps of all shapes; for property tests. */
public final class Maps {
    private Maps() {}

    /** Any map that can be, from a seed so that a failing one shrinks to a small seed. */
    public static Arbitrary<FileMap> any() {
        return Arbitraries.longs().map(seed -> map(new Random(seed)));
    }

    private static FileMap map(Random random) {
        List<Run> runs = new ArrayList<>();
        int pages = 0;
        int count = 1 + random.nextInt(40);
        for (int i = 0; i < count; i++) {
            Run run = random.nextInt(4) == 0 ? new Run.Zeros(1 + random.nextInt(500)) : stored(random);
            runs.add(run);
            pages += run.pages();
        }
        long length = (pages - 1L) * FrameReference.PAGE + 1 + random.nextInt(FrameReference.PAGE);
        return new FileMap(length, runs);
    }

    private static Run stored(Random random) {
        int plainLength = 1 + random.nextInt(FrameReference.LONGEST_PLAIN);
        FrameReference frame = new FrameReference(
                new PackName(
                        new BackupId("b" + random.nextInt(3)),
                        new AttemptId("a" + random.nextInt(2)),
                        random.nextInt(Integer.MAX_VALUE)),
                random.nextLong() >>> 1,
                1 + random.nextInt(FrameReference.LONGEST_STORED),
                plainLength,
                new FrameDigest(random.nextLong(), random.nextLong()));
        int first = random.nextInt(frame.pages());
        int pages = 1 + random.nextInt(frame.pages() - first);
        return new Run.Stored(frame, first, PageHashes.of(random.longs(pages).toArray()));
    }
}
