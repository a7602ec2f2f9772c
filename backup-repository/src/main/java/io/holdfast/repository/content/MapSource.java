package io.holdfast.repository.content;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.FileMapCodec;
import io.holdfast.repository.seal.BodyOpener;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;

/** Gets the maps that an index names. Safe for use by several threads. */
public record MapSource(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
    /** A map or what is wrong with it. */
    public sealed interface Found {
        /** The map; {@code storedBytes} were read for it. */
        record Good(FileMap map, long storedBytes) implements Found {}

        /** It cannot be had. */
        record Bad(ObjectKey object, DamageKind kind, String detail) implements Found {}
    }

    /**
     * The map of a part of a file.
     *
     * @param length bytes of the part
     */
    public Found get(MapReference reference, long length) throws RepositoryException {
        return switch (reference) {
            case MapReference.Inline(FileMap map) -> new Found.Good(map, 0);
            case MapReference.Shared shared -> get(shared, length);
        };
    }

    private Found get(MapReference.Shared reference, long length) throws RepositoryException {
        ObjectKey key = layout.map(reference.id());
        try (InputStream in = store.open(key, 0, FileMapCodec.LONGEST_OBJECT)) {
            byte[] object = in.readAllBytes();
            BodyOpener.Opened opened = new BodyOpener(keys).open(ObjectHeader.Type.MAP, key, object);
            FileMap map = FileMapCodec.fromBody(reference.id(), opened.body(), opened.key());
            return map.length() == length
                    ? new Found.Good(map, object.length)
                    : new Found.Bad(key, DamageKind.UNREADABLE, "the map is that of another part");
        } catch (RepositoryException.NotFound e) {
            return new Found.Bad(key, DamageKind.MISSING, "the map is missing");
        } catch (MalformedException e) {
            return new Found.Bad(key, DamageKind.UNREADABLE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + key);
        }
    }
}
