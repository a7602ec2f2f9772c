package io.holdfast.repository.wal;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares a segment as somebody has it with what is stored of it, by the digests of what is stored; nothing of that is
 * opened, and nothing is stored. What is stored and not what it claims to be is passed over. For one thread.
 */
public final class WalComparison {
    private final List<Part> parts;
    private int taken;
    private int reach;
    private int compared;

    private WalComparison(List<Part> parts) {
        this.parts = parts;
    }

    /** A part of the segment that is one object. */
    private record Part(int from, int to, WalUpload.StoredBytes stored) {}

    static WalComparison of(
            WalUpload upload,
            PlaceLayout layout,
            long systemIdentifier,
            int timeline,
            long number,
            int segmentSize,
            int available)
            throws RepositoryException {
        WalSegmentName name = WalSegmentName.of(timeline, number, segmentSize);
        List<Part> parts = new ArrayList<>();
        Parts adding = (key, type, from, to) -> {
            Optional<WalUpload.StoredBytes> stored = upload.storedBytes(
                    key, WalObject.of(type, systemIdentifier, timeline, segmentSize, number, from, to));
            stored.ifPresent(bytes -> parts.add(new Part(from, to, bytes)));
        };
        ObjectKey complete = layout.walSegment(name);
        if (available >= segmentSize && upload.store().head(complete).isPresent()) {
            adding.add(complete, ObjectHeader.Type.WAL_SEGMENT, 0, segmentSize);
        } else {
            for (WalIncrements.Increment increment :
                    WalIncrements.of(upload.store(), layout, name).chain()) {
                if (increment.to() <= available) {
                    adding.add(increment.key(), ObjectHeader.Type.WAL_INCREMENT, increment.from(), increment.to());
                }
            }
        }
        return new WalComparison(parts);
    }

    @FunctionalInterface
    private interface Parts {
        void add(ObjectKey key, ObjectHeader.Type type, int from, int to) throws RepositoryException;
    }

    /** How many bytes from the segment's beginning on are to be taken; 0: there is nothing to compare with. */
    public int wanted() {
        return parts.stream().mapToInt(Part::to).max().orElse(0);
    }

    /**
     * Takes the bytes that follow on those before.
     *
     * @throws RepositoryException.Conflict if other bytes are stored
     */
    public void take(byte[] bytes, int offset, int length) throws RepositoryException {
        int end = taken + length;
        for (Part part : parts) {
            int from = Math.max(part.from(), taken);
            int to = Math.min(part.to(), end);
            if (from < to) {
                part.stored().digest().update(bytes, offset + from - taken, to - from);
                if (to == part.to()) {
                    part.stored().requireSame();
                    compared += part.to() - Math.max(part.from(), reach);
                    reach = part.to();
                }
            }
        }
        taken = end;
    }

    /** Up to which byte of the segment the last one reaches of what is stored and was found to be the same. */
    public int reach() {
        return reach;
    }

    /** How many bytes were found to be the same. */
    public int compared() {
        return compared;
    }
}
