package io.holdfast.repository.wal;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * History files once more, under the index key: whoever watches an encrypted repository opens no log, but has to know which
 * timeline came from which. Where nothing is encrypted there are none, and none are needed. Safe for use by several threads.
 */
public record WatchedHistories(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
    /** PostgreSQL's own are some 50 bytes for each timeline. */
    private static final int LONGEST = 1 << 20;

    /** Keeps one if the repository is encrypted; {@link WalArchive#putHistory} has found that it may be kept. */
    void put(int timeline, byte[] history) throws RepositoryException {
        Optional<SealingKey> indexKey = keys.newestIndexKey();
        if (indexKey.isPresent()) {
            ObjectKey key = layout.watchedHistory(timeline);
            store.putIfAbsent(key, BodySeal.with(indexKey, keys).object(ObjectHeader.Type.WAL_TIMES, key, history));
        }
    }

    /**
     * Reads one.
     *
     * @throws RepositoryException.Damaged if it is damaged, or not encrypted
     */
    public Optional<byte[]> get(int timeline) throws RepositoryException {
        ObjectKey key = layout.watchedHistory(timeline);
        if (store.head(key).isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = store.open(key)) {
            byte[] object = in.readNBytes(2 * LONGEST);
            BodyOpener.Opened opened = new BodyOpener(keys).open(ObjectHeader.Type.WAL_TIMES, key, object);
            if (opened.key().isEmpty()) {
                throw new MalformedException("it is not encrypted");
            }
            return Optional.of(opened.body());
        } catch (MalformedException e) {
            throw WalObjectStream.damaged(key, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
