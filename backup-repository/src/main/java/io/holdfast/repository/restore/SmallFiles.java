package io.holdfast.repository.restore;

import io.holdfast.repository.content.FrameWindow;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Files of one frame each, held back until many are known, so that those whose frames lie close together are fetched by
 * one request. The index names files in the order of their paths, while packs hold them in the order in which the source
 * sent them, so neighbours in the one are hardly ever neighbours in the other. Not safe for use by several threads.
 */
final class SmallFiles {
    /** Held at most, of about half a kilobyte each. */
    static final int MOST_HELD = 32 << 10;

    /** Fetched and written together at most: they are open at the same time, and other threads want work, too. */
    static final int MOST_TOGETHER = 64;

    private static final Comparator<Small> AS_THEY_LIE = Comparator.comparing(
                    (Small small) -> small.pack().backup().value())
            .thenComparing(small -> small.pack().attempt().value())
            .thenComparingInt(small -> small.pack().number())
            .thenComparingLong(small -> small.run().frame().offset());

    private final List<Small> held = new ArrayList<>();

    /** A file and its only frame. */
    record Small(IndexEntry.RegularFile file, FileMap map, Run.Stored run) {
        private PackName pack() {
            return run.frame().pack();
        }
    }

    /** Holds a file, if it is small. */
    boolean hold(IndexEntry.RegularFile file) {
        Optional<Small> small = small(file);
        small.ifPresent(held::add);
        return small.isPresent();
    }

    boolean isFull() {
        return held.size() >= MOST_HELD;
    }

    private static Optional<Small> small(IndexEntry.RegularFile file) {
        if (file.maps().size() != 1 || !(file.maps().getFirst() instanceof MapReference.Inline(FileMap map))) {
            return Optional.empty();
        }
        List<Run.Stored> stored = map.runs().stream()
                .filter(Run.Stored.class::isInstance)
                .map(Run.Stored.class::cast)
                .limit(2)
                .toList();
        return stored.size() == 1 && map.length() == file.length()
                ? Optional.of(new Small(file, map, stored.getFirst()))
                : Optional.empty();
    }

    /** Everything that is held, those together whose frames lie close to each other; nothing is held afterwards. */
    List<List<Small>> release() {
        held.sort(AS_THEY_LIE);
        List<List<Small>> groups = new ArrayList<>();
        List<Small> group = new ArrayList<>();
        long end = 0;
        for (Small small : held) {
            FrameReference frame = small.run().frame();
            if (!group.isEmpty()
                    && (group.size() == MOST_TOGETHER
                            || !FrameWindow.isNear(group.getFirst().run().frame(), end, frame))) {
                groups.add(group);
                group = new ArrayList<>();
            }
            end = Math.max(group.isEmpty() ? 0 : end, frame.offset() + frame.storedLength());
            group.add(small);
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        held.clear();
        return groups;
    }
}
