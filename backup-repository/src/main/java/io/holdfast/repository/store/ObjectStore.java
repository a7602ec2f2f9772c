package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;

/**
 * A place for write-once objects. Nothing here changes or removes an object: that is {@link DeletableStore}, which only
 * the retention role gets.
 *
 * <p>All methods are safe for use by several threads and several processes at once. All throw
 * {@link RepositoryException}, and nothing else for what the store does:
 *
 * <ul>
 *   <li>An object appears whole or not at all: no reader and no listing ever sees one half-written, also after a crash.
 *   <li>When creating returns {@link PutOutcome#CREATED}, the object is durable (survives loss of power).
 *   <li>Of several creators of the same key, also in different processes, exactly one gets {@link PutOutcome#CREATED},
 *       the others {@link PutOutcome#EXISTS} and the stored object is the winner's. What is stored is not compared.
 *   <li>If creating throws, the object may or may not exist (an answer may be lost): ask {@link #head} or create again.
 *   <li>Reading a missing object is {@link RepositoryException.NotFound}, at opening.
 *   <li>A key that is a prefix of another at a {@code /} ({@code a} and {@code a/b}) may be refused with
 *       {@link RepositoryException.Conflict}; the format never makes such keys.
 * </ul>
 */
public interface ObjectStore extends AutoCloseable {
    /** Creates an object of these bytes unless the key exists. For small objects: the whole content is in memory. */
    PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException;

    /**
     * Begins an object that is written piece by piece. Nothing is visible under the key before
     * {@link ObjectUpload#commit}.
     */
    ObjectUpload upload(ObjectKey key) throws RepositoryException;

    /** Opens a whole object. The stream throws {@link RepositoryException} too. */
    InputStream open(ObjectKey key) throws RepositoryException;

    /**
     * Opens the bytes from {@code offset} on. If the object ends earlier, the stream does too, without an error (an
     * {@code offset} at or behind the end gives an empty stream): whoever knows the length checks it.
     *
     * @param offset first byte, from 0
     * @param length at most so many bytes; 0 gives an empty stream, but a missing object is still noticed
     */
    InputStream open(ObjectKey key, long offset, long length) throws RepositoryException;

    /** The object's length in bytes and so on, or empty if there is none. */
    Optional<StoredObject> head(ObjectKey key) throws RepositoryException;

    /**
     * All objects whose key begins with {@code prefix}, in the order of their bytes, read page by page as the iterator
     * goes on. Objects created meanwhile may or may not appear.
     *
     * @param prefix any beginning of keys, not only whole segments; empty for all
     * @param startAfter only keys behind this one; need not exist
     */
    Listing list(String prefix, Optional<ObjectKey> startAfter) throws RepositoryException;

    /** All objects whose key begins with {@code prefix}. */
    default Listing list(String prefix) throws RepositoryException {
        return list(prefix, Optional.empty());
    }

    /**
     * Finds out, before a repository is made here, whether the store keeps what this interface promises. May leave a small
     * object that is not listed. Stores of which it is known do nothing.
     *
     * @throws RepositoryException.Unusable if it does not, such as a server that lets an object be created twice
     */
    default void examine() throws RepositoryException {}

    /**
     * Makes sure that an object is locked for at least as long as one that is created now. For whoever is about to refer to
     * objects that are there already. Without a lock ({@link StoreAccess#lock}) nothing is done. Whoever wraps a store has
     * to pass this on.
     *
     * @throws RepositoryException.NotFound if there is no such object and locks are in use
     */
    default void extendLock(ObjectKey key) throws RepositoryException {}

    /**
     * Until when the store lets nobody delete an object. Whoever wraps a store has to pass this on.
     *
     * @return empty if it does now, there is no such object, or locks are not in use ({@link StoreAccess#lock})
     */
    default Optional<Instant> lockedUntil(ObjectKey key) throws RepositoryException {
        return Optional.empty();
    }

    /** What this store is, for messages: an address without secrets. */
    String describe();

    /** Lets go of connections. Uploads not committed are aborted by whoever began them, not by this. */
    @Override
    void close() throws RepositoryException;

    /** Objects in order. Not safe for use by several threads. */
    interface Listing {
        /** Whether there is another object; may ask the store. */
        boolean hasNext() throws RepositoryException;

        /**
         * The next object.
         *
         * @throws java.util.NoSuchElementException if there is none
         */
        StoredObject next() throws RepositoryException;

        /** A listing of what is in memory. */
        static Listing of(Iterator<StoredObject> objects) {
            return new Listing() {
                @Override
                public boolean hasNext() {
                    return objects.hasNext();
                }

                @Override
                public StoredObject next() {
                    return objects.next();
                }
            };
        }
    }
}
