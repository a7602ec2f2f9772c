package io.holdfast.repository.seal;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.store.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Opens the bodies of objects, sealed or not. Safe for use by several threads. */
public record BodyOpener(PlaceKeys keys) {
    /**
     * A whole object's body.
     *
     * @param key the key that it was sealed with, if it was
     */
    public record Opened(byte[] body, Optional<SealingKey> key) {}

    /**
     * The body of an object that is read from its beginning. Damage of what is sealed comes out of the stream as
     * {@link SealBrokenException}.
     *
     * @throws MalformedException if the header is damaged
     * @throws RepositoryException.Denied if the key is not here
     */
    public InputStream open(ObjectHeader.Type type, ObjectKey name, InputStream object)
            throws IOException, MalformedException {
        ObjectHeader header = ObjectHeader.read(type, object.readNBytes(ObjectHeader.LENGTH));
        return body(header, name, key(type, header, name), object);
    }

    /** The body of an object that is in memory; otherwise as the other. */
    public Opened open(ObjectHeader.Type type, ObjectKey name, byte[] object)
            throws MalformedException, RepositoryException {
        ObjectHeader header = ObjectHeader.read(type, object);
        Optional<SealingKey> key = key(type, header, name);
        InputStream rest = new ByteArrayInputStream(object, ObjectHeader.LENGTH, object.length - ObjectHeader.LENGTH);
        try (InputStream body = body(header, name, key, rest)) {
            return new Opened(body.readAllBytes(), key);
        } catch (SealBrokenException e) {
            throw new MalformedException(e.detail(), e);
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + name);
        }
    }

    /** The key that an object names, or empty if it is not sealed. */
    public Optional<SealingKey> key(ObjectHeader.Type type, ObjectHeader header, ObjectKey name)
            throws RepositoryException, MalformedException {
        if (!header.isSealed()) {
            return Optional.empty();
        }
        KeyId id = KeyId.of(header.key());
        return Optional.of(
                switch (type) {
                    case MAP, INDEX, MANIFEST, WAL_TIMES -> keys.indexKey(id, name);
                    case PACK, WAL_SEGMENT, WAL_INCREMENT, TIMELINE_HISTORY -> keys.dataKey(id, name);
                });
    }

    /** The plain bytes of a body whose header was read already. */
    public InputStream body(ObjectHeader header, ObjectKey name, Optional<SealingKey> key, InputStream body) {
        return key.isEmpty() ? body : new OpenedInputStream(body, key.get().objectKey(header, name));
    }

    /**
     * What opens the frames of a pack.
     *
     * @param name of the pack
     * @param prefix what the names of all packs of its attempt begin with
     * @throws RepositoryException.Denied if the key is not here
     */
    public FrameOpening frames(ObjectHeader header, ObjectKey name, String prefix)
            throws RepositoryException, MalformedException {
        Optional<SealingKey> key = key(ObjectHeader.Type.PACK, header, name);
        return key.isEmpty()
                ? FrameOpening.PLAIN
                : new FrameOpening.With(key.get().frameKey(header, prefix));
    }
}
