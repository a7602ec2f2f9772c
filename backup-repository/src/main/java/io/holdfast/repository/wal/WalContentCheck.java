package io.holdfast.repository.wal;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads objects of the log to their ends and says what is wrong with them. What is sealed and cannot be opened here is
 * checked as it is stored.
 *
 * @param wal what its objects have to be
 * @param asStored whether nothing is opened
 * @param used is told each data key that something is sealed with
 */
record WalContentCheck(
        ObjectStore store, PlaceLayout layout, PlaceKeys keys, StoredWal wal, boolean asStored, Consumer<KeyId> used) {
    private static final Logger LOG = LoggerFactory.getLogger(WalContentCheck.class);

    /** Everything of a segment, complete or increments. */
    List<StoredWal.Problem> segment(WalSegmentName segment) throws RepositoryException {
        List<StoredWal.Problem> problems = new ArrayList<>();
        ObjectKey complete = layout.walSegment(segment);
        if (store.head(complete).isPresent()) {
            check(
                            complete,
                            ObjectHeader.Type.WAL_SEGMENT,
                            object -> wal.isOwn(object, segment, 0, object.segmentSize()))
                    .ifPresent(problems::add);
        } else {
            for (WalIncrements.Increment increment :
                    WalIncrements.of(store, layout, segment).chain()) {
                check(
                                increment.key(),
                                ObjectHeader.Type.WAL_INCREMENT,
                                object -> wal.isOwn(object, segment, increment.from(), increment.to()))
                        .ifPresent(problems::add);
            }
        }
        return problems;
    }

    /** The history file of a timeline. */
    Optional<StoredWal.Problem> history(int timeline) throws RepositoryException {
        return check(
                layout.timelineHistory(timeline),
                ObjectHeader.Type.TIMELINE_HISTORY,
                object -> wal.isOwnHistory(object, timeline));
    }

    private Optional<StoredWal.Problem> check(ObjectKey key, ObjectHeader.Type type, Predicate<WalObject> own)
            throws RepositoryException {
        try {
            WalObject object = readAll(key, type);
            if (wal.isSealedOnly() && !object.isSealed()) {
                throw StoredWal.notSealed(key);
            }
            if (!own.test(object)) {
                throw StoredWal.misplaced(key);
            }
            if (object.isSealed()) {
                used.accept(KeyId.of(object.header().key()));
            }
            return Optional.empty();
        } catch (RepositoryException.Damaged e) {
            return Optional.of(new StoredWal.Problem(key, e.what()));
        }
    }

    private WalObject readAll(ObjectKey key, ObjectHeader.Type type) throws RepositoryException {
        if (asStored) {
            return WalObjectStream.check(store, key, type, keys);
        }
        try (WalObjectStream in = WalObjectStream.open(store, key, type, keys)) {
            in.transferTo(OutputStream.nullOutputStream());
            return in.object();
        } catch (RepositoryException.Denied e) {
            LOG.debug("{} is checked as it is stored, not opened: {}", key, e.what());
            return WalObjectStream.check(store, key, type, keys);
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
