package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FrameReference;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the parent has of the file that is being written; its maps are fetched a part ahead. For the caller's thread. */
final class ParentFile implements AutoCloseable {
    private final Parent parent;
    private final Optional<IndexEntry.WithContent> entry;
    private @Nullable PartLease current;
    private int currentPart = -1;
    private @Nullable PartLease next;

    ParentFile(Parent parent, Optional<IndexEntry.WithContent> entry) {
        this.parent = parent;
        this.entry = entry;
    }

    /** Says when waiting is over: throws once the attempt has failed. */
    @FunctionalInterface
    interface Vigil {
        void requireGood() throws RepositoryException;
    }

    /** Whether the parent has the file at all. */
    boolean isThere() {
        return entry.isPresent();
    }

    /** How the parent's index names the maps. */
    List<MapReference> maps() {
        return entry.map(IndexEntry.WithContent::maps).orElse(List.of());
    }

    /** Pages that the parent has. */
    long pages() {
        return entry.map(file -> (file.length() + FrameReference.PAGE - 1) / FrameReference.PAGE)
                .orElse(0L);
    }

    /** The first part is likely to be wanted: begins to fetch it, if there is room. */
    void expect() throws InterruptedException {
        next = ahead(0);
    }

    /**
     * A lease of a part's map for the taker, or null if the parent does not have that part. Parts are asked for in order.
     */
    @Nullable
    PartLease part(int number, Vigil vigil) throws RepositoryException, InterruptedException {
        if (number >= maps().size()) {
            close();
            return null;
        }
        if (number != currentPart) {
            PartLease ready = number == currentPart + 1 ? next : null;
            if (ready != null) {
                next = null;
            }
            close();
            currentPart = number;
            current = ready == null ? wait(number, vigil) : ready;
            next = ahead(number + 1);
        }
        PartLease lease = current;
        return lease == null ? null : lease.share();
    }

    private PartLease wait(int number, Vigil vigil) throws RepositoryException, InterruptedException {
        if (maps().get(number) instanceof MapReference.Shared) {
            while (!parent.tryRoom(Pipeline.CHECK_MILLIS)) {
                vigil.requireGood();
            }
        }
        return fetch(number);
    }

    private @Nullable PartLease ahead(int number) throws InterruptedException {
        boolean wanted = number < maps().size();
        boolean room = wanted && (maps().get(number) instanceof MapReference.Inline || parent.tryRoom(0));
        return room ? fetch(number) : null;
    }

    private PartLease fetch(int number) {
        IndexEntry.WithContent file = entry.orElseThrow();
        long length = Math.min(file.length() - number * FileMap.BYTES_PER_PART, FileMap.BYTES_PER_PART);
        return parent.fetch(file.path(), maps().get(number), length);
    }

    /** No part is wanted any more. */
    @Override
    public void close() {
        if (current != null) {
            current.done();
            current = null;
        }
        if (next != null) {
            next.done();
            next = null;
        }
    }
}
