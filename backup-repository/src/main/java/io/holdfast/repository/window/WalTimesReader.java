package io.holdfast.repository.window;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens objects of the index. */
record WalTimesReader(ObjectStore store, PlaceKeys keys, boolean sealedOnly) {
    private static final Logger LOG = LoggerFactory.getLogger(WalTimesReader.class);

    /** The samples in an object; none if it is damaged or was removed: those beside it then tell less exactly. */
    List<WalTime> read(ObjectKey key, WalTimesName name) throws RepositoryException {
        try (InputStream in = store.open(key)) {
            byte[] object = in.readNBytes(WalTimesCodec.LONGEST_OBJECT + 1);
            if (object.length > WalTimesCodec.LONGEST_OBJECT) {
                throw new MalformedException("it is longer than " + WalTimesCodec.LONGEST_OBJECT + " bytes");
            }
            BodyOpener.Opened opened = new BodyOpener(keys).open(ObjectHeader.Type.WAL_TIMES, key, object);
            if (sealedOnly && opened.key().isEmpty()) {
                throw new MalformedException("it is not encrypted, though the backup that it is read for is");
            }
            return WalTimesCodec.decode(opened.body(), name);
        } catch (MalformedException e) {
            LOG.warn("The times in {} are left out: {}", key, e.getMessage());
            return List.of();
        } catch (RepositoryException.NotFound e) {
            LOG.debug("{} was removed meanwhile", key);
            return List.of();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
