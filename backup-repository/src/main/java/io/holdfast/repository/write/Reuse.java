package io.holdfast.repository.write;

import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.Run;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a backup uses again of the packs of earlier attempts. For one thread. */
final class Reuse {
    private static final Comparator<AttemptReference> BY_NAME = Comparator.comparing(
                    (AttemptReference attempt) -> attempt.backup().value())
            .thenComparing(attempt -> attempt.attempt().value());

    private final Set<PackName> packs = new HashSet<>();
    private final SortedMap<AttemptReference, Long> bytes = new TreeMap<>(BY_NAME);

    /**
     * Counts the pages of a run; of a frame of which only some pages are used, that share.
     *
     * @return whether it is the first use of its pack
     */
    boolean add(Run.Stored run) {
        FrameReference frame = run.frame();
        long share = (long) frame.storedLength() * run.pages() / frame.pages();
        AttemptReference attempt =
                new AttemptReference(frame.pack().backup(), frame.pack().attempt());
        bytes.merge(attempt, share, Long::sum);
        return packs.add(frame.pack());
    }

    /** The attempts whose packs are used, in the order of their names. */
    List<AttemptReference> attempts() {
        return List.copyOf(bytes.keySet());
    }

    /** How many stored bytes of each of them are used, in the same order. */
    List<Long> usedBytes() {
        return List.copyOf(bytes.values());
    }
}
