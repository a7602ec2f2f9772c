package io.holdfast.repository.index;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectStore;
import java.util.Optional;

/**
 * What an index lists, read from its beginning each time. Safe for use by several threads.
 *
 * @param keys if it is sealed
 */
public record IndexEntries(ObjectStore store, IndexReference index, PlaceKeys keys) {
    /** Takes entries. */
    @FunctionalInterface
    public interface Visitor<X extends Exception> {
        /** One entry. */
        void visit(IndexEntry entry) throws X;
    }

    /**
     * Hands every entry to the visitor, in the order in which they were written, without holding them all. The index's
     * digest is checked before the first.
     *
     * @throws RepositoryException.Damaged if the index is damaged
     */
    public <X extends Exception> void forEach(Visitor<X> visitor) throws RepositoryException, X {
        IndexReader.check(store, index);
        try (IndexReader reader = IndexReader.open(store, index, keys)) {
            for (Optional<IndexEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                visitor.visit(entry.get());
            }
        }
    }

    /** The entry of a path; the index's digest is checked before. */
    public Optional<IndexEntry> find(FilePath path) throws RepositoryException {
        IndexReader.check(store, index);
        try (IndexReader reader = IndexReader.open(store, index, keys)) {
            for (Optional<IndexEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                if (entry.get().path().equals(path)) {
                    return entry;
                }
            }
        }
        return Optional.empty();
    }
}
